import type { FieldValue } from '../../../model/activity.ts';
import type { LogFormat } from '../../../model/target.ts';
import { compileCapture } from '../expression.ts';
import type { CellValue } from '../event-time.ts';
import { cutField, lineFields } from './line-fields.ts';
import { parseMap } from './map-notation.ts';

/** What a line says. */
export interface LineRecord {
  category: string;
  /** Its own time, as it stands there; null: it has none. */
  time: CellValue;
  data: Record<string, FieldValue>;
}

/** `other`: no line that the format is about. `unreadable`: it is one, or nobody can tell, and cannot be read. */
type LineReading = LineRecord | 'other' | 'unreadable';

export interface LineParser {
  parse: (line: string) => LineReading;
  /** Whether what is there of a line says all that it will say, though its end has not come yet. */
  isWhole: (part: string) => boolean;
  /** How much work a byte is at the most, a plain scan being 1. */
  cost: number;
}

const MARK = '[PERF]';
/** Keys that tell a line's time and what kind of line it is, the best first. */
const TIME_KEYS = ['ts', 'time', 'timestamp', '@timestamp', 'datetime', 'asctime', 'date', 't'] as const;
const CATEGORY_KEYS = ['perf', 'category', 'event', 'type', 'kind'] as const;
/** The same in an object that stands there in place of a name. */
const INNER_KEYS = ['name', 'action', 'type', 'category', 'kind'] as const;
/** What lines are called that do not say what they are. */
const NO_CATEGORY = 'line';

/** An expression sees only so much of a line. */
const LONGEST_MATCHED = 4096;

const CONTROLS = /\p{Cc}/gu;
/** Controls that texts have: those of blank space, and what terminals get (a bell, a step back of a progress bar, ESC of a colour). */
const OF_TEXTS = '\u0007\b\t\n\v\f\r\u001B\u0085';

/** How the lines of a format are read. @throws ExpressionError for an expression that cannot be used */
export function lineParser(format: LogFormat): LineParser {
  const parse = parserOf(format);
  // Once to tell whether it matches, once for what its groups hold.
  const cost = typeof format === 'string' ? 1 : 2 * compileCapture(format.regex).steps;
  return {
    parse: (line) => {
      if (line.trim() === '') return 'other';
      const reading = parse(line);
      return reading === 'other' && isRubbish(line) ? 'unreadable' : reading;
    },
    // An object has an end of its own; an expression may match more of a longer line.
    isWhole: (part) => typeof format === 'string' && typeof parse(part) !== 'string',
    cost,
  };
}

function isRubbish(line: string): boolean {
  return line.match(CONTROLS)?.some((control) => !OF_TEXTS.includes(control)) === true;
}

function parserOf(format: LogFormat): (line: string) => LineReading {
  if (format === 'perf') return parsePerf;
  return format === 'jsonl' ? parseJsonLine : byExpression(format.regex);
}

/** `… [PERF] {"perf":"model_load","ts":…}`, or a map that is no JSON after the mark. */
function parsePerf(line: string): LineReading {
  const mark = line.indexOf(MARK);
  if (mark === -1) return 'other';
  const from = line.indexOf('{', mark + MARK.length);
  const to = line.lastIndexOf('}');
  const object = from === -1 || to < from ? null : objectOf(line.slice(from, to + 1));
  return object === null ? 'unreadable' : recordOf(object);
}

/** A line as pino and its kin write them. */
function parseJsonLine(line: string): LineReading {
  const object = jsonObject(line);
  return object === null ? 'unreadable' : recordOf(object);
}

/** What the named groups of an expression hold; `time` (or `ts`) and `category` are known by their names. */
function byExpression(source: string): (line: string) => LineReading {
  const { capture } = compileCapture(source);
  return (line) => {
    const groups = capture(line.slice(0, LONGEST_MATCHED));
    // What follows might have matched.
    if (groups === null) return line.length > LONGEST_MATCHED ? 'unreadable' : 'other';
    const entries = Object.entries(groups).map(([name, text]) => [name, numberOr(text)] as const);
    return recordOf(Object.fromEntries(entries));
  };
}

function recordOf(object: Readonly<Record<string, unknown>>): LineRecord {
  return { category: categoryOf(object), time: timeOf(object), data: lineFields(object) };
}

function categoryOf(object: Readonly<Record<string, unknown>>): string {
  for (const key of CATEGORY_KEYS) {
    const value = own(object, key);
    const name = nameOf(value) ?? nameWithin(value);
    if (name !== null) return name;
  }
  return NO_CATEGORY;
}

function nameOf(value: unknown): string | null {
  const isName = (typeof value === 'string' && value !== '') || typeof value === 'number';
  return isName ? cutField(String(value)) : null;
}

/** `{"event": {"action": "tool_run"}}`, as the Elastic Common Schema has it. */
function nameWithin(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const names = INNER_KEYS.map((key) => nameOf(own(value as Record<string, unknown>, key)));
  return names.find((name) => name !== null) ?? null;
}

function timeOf(object: Readonly<Record<string, unknown>>): CellValue {
  for (const key of TIME_KEYS) {
    const value = own(object, key);
    if (typeof value === 'string' || typeof value === 'number') return value;
  }
  return null;
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function objectOf(text: string): Record<string, unknown> | null {
  return jsonObject(text) ?? parseMap(text);
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** `0012` is rather a name than a number, and so is one that has more digits than a number keeps. */
function numberOr(text: string): string | number {
  const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/u.test(text) && text.length <= 16;
  return isNumber ? Number(text) : text;
}
