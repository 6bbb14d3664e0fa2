import { repeatedKey, sayRepeated } from './repeated-key.ts';

/** A number that a command told. */
export interface ToldNumber {
  /** null: it told only one, and gave it no name. */
  name: string | null;
  value: number;
  /** As it was told: `ms`, `MB`, `ops/sec`; empty: none. */
  unit: string;
}

const MOST_NUMBERS = 1_000;
const MAX_NAME = 200;
const BARE = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([\p{L}%][\p{L}%/_-]{0,39})?$/iu;

/**
 * What a command printed: one number with or without a unit (`12.5 ms`; of several lines the last that is not empty, where no other one is a number), a number as JSON, an object of
 * numbers, or the list that github-action-benchmark takes from its custom tools: `[{name, unit, value}]`. A text says what is wrong.
 */
export function parseToldNumbers(output: string): ToldNumber[] | { problem: string } {
  const text = output.trim();
  if (text === '') return { problem: 'it printed nothing' };
  const json = jsonOf(text);
  if (json !== undefined) {
    const repeated = repeatedKey(text);
    return repeated === null ? fromJson(json) : { problem: sayRepeated(repeated) };
  }
  const lines = output.split('\n').map((one) => one.trim());
  const numbered = lines.flatMap((one, index) => (BARE.test(one) ? [{ text: one, at: index + 1 }] : []));
  if (numbered.length > 1) return { problem: saySeveral(numbered) };
  const line = lines.findLast((one) => one !== '') ?? '';
  const [, amount, unit = ''] = BARE.exec(line) ?? [];
  const value = Number(amount);
  if (amount === undefined || !Number.isFinite(value))
    return { problem: `«${line.slice(0, 80)}» is neither a number nor JSON` };
  return [{ name: null, value, unit: unit.trim() }];
}

/** Which of them is meant nobody can tell; how often it printed any is no matter. */
function saySeveral(numbered: readonly { text: string; at: number }[]): string {
  const [first, second] = numbered.map(({ text, at }) => `«${text.slice(0, 80)}» in line ${at}`);
  const more = numbered.length > 2 ? ' and others' : '';
  return `it printed ${numbered.length} numbers (${first}, ${second}${more}), and which of them is meant is not known; print one, or an object of numbers as JSON`;
}

function fromJson(json: unknown): ToldNumber[] | { problem: string } {
  if (isNumber(json)) return [{ name: null, value: json, unit: '' }];
  const entries = Array.isArray(json) ? json.map(fromEntry) : fromObject(json);
  if (entries.length === 0) return { problem: 'there is no number in what it printed' };
  if (entries.length > MOST_NUMBERS) return { problem: `it printed more than ${MOST_NUMBERS} numbers` };
  const wrong = entries.find((entry) => typeof entry === 'string');
  if (wrong !== undefined) return { problem: wrong };
  const told = entries.filter((entry) => typeof entry !== 'string');
  const twice = told.find(({ name }, index) => told.findIndex((other) => other.name === name) !== index);
  return twice === undefined ? told : { problem: `it printed «${twice.name}» twice` };
}

/** One of github-action-benchmark's; range and extra are for readers. */
function fromEntry(entry: unknown, index: number): ToldNumber | string {
  const { name, unit = '', value } = (entry ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') return `entry ${index + 1} has no name`;
  // Some tools print numbers as texts.
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (!isNumber(number)) return `the value of «${name.slice(0, 80)}» is no number`;
  return { name: name.slice(0, MAX_NAME), value: number, unit: typeof unit === 'string' ? unit : '' };
}

function fromObject(json: unknown): (ToldNumber | string)[] {
  if (typeof json !== 'object' || json === null) return ['what it printed is no number'];
  return Object.entries(json).map(([name, value]) =>
    isNumber(value)
      ? { name: name.slice(0, MAX_NAME), value, unit: '' }
      : `the value of «${name.slice(0, 80)}» is no number`,
  );
}

/** JSON has numbers that no double holds: `1e999` is read as Infinity. */
const isNumber = (value: unknown): value is number => Number.isFinite(value);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
