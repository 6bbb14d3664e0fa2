import { formatIp, parseCidr, parseIp } from '../conditions/cidr.ts';
import type { Condition } from '../conditions/condition.ts';
import { numbersAround } from '../conditions/contradictions.ts';
import { starsIn, textOf } from '../conditions/pattern.ts';
import type { FieldReading } from '../fields/row.ts';
import type { Field } from '../fields.ts';
import { familiesOf, foldersOf } from './field-values.ts';

/** Tells whether a condition on a field holds for certain. */
export type Probe = (condition: Condition) => boolean;

/** For each `*` of a pattern; what is no name of a process, or no address, is none of its values. */
const FILLERS = ['zq7', 'x-1.2', 'Q/b', 'k 9'];
const ADDRESS_FILLERS = ['1', '7.9', '1.2.3', '255', ':1', 'db8::7'];

/**
 * What stands for every value of a field that a rule admits: what the field ordinarily has, what the rule names, and what lies around the
 * limits of both.
 * @param asked what the rule asks of the field; it is admitted whatever else it is
 * @param allowed what exceptions ask of it
 * @param family which of those of the field; all of them where the rule itself says what it is about
 */
export function probesOf(
  field: Field,
  { asked, allowed }: { asked: readonly Condition[]; allowed: readonly Condition[] },
  family: number,
): Probe[] {
  const families = familiesOf(field);
  const own = families[family] ?? families[0] ?? [];
  const isTold = asked.some(({ comparison }) => comparison !== 'exists');
  // A part of a path does not say of which system it is.
  const ordinary = isTold && foldersOf(field) === undefined ? families.flat() : own;
  const examples = asked.flatMap(examplesOf).map((value) => asWholePath(field, value, { asked, family }));
  const values = [...ordinary, ...examples, ...around(field, [...asked, ...allowed])];
  const probes = values.map(probeOf).filter((probe) => asked.every(probe));
  const isVague = asked.some(({ comparison }) => comparison === 're') || probes.length === 0;
  return isVague && field.type !== 'number' ? [...probes, vagueProbe(asked, ordinary)] : probes;
}

/** What a rule asks for as it ordinarily is: a path is whole, and leads to no program or file in the root folder itself. */
function asWholePath(
  field: Field,
  value: FieldReading,
  { asked, family }: { asked: readonly Condition[]; family: number },
): FieldReading {
  const folders = foldersOf(field);
  const folder = folders?.[family] ?? folders?.[0];
  if (folder === undefined || typeof value !== 'string' || IN_A_FOLDER.test(value)) return value;
  const separator = folder.startsWith('/') ? '/' : '\\';
  const whole = `${folder}${/^[/\\]/.test(value) ? '' : separator}${value}`;
  return asked.every(probeOf(whole)) ? whole : value;
}

const IN_A_FOLDER = /^(\/|[a-z]:\\)[^/\\]+[/\\]./i;

export const probeOf =
  (value: FieldReading): Probe =>
  ({ truthOf }) =>
    truthOf(value) === 'yes';

/** Something that a rule asks for and nobody can name: it is known to be what the rule says, and what everything is. */
function vagueProbe(asked: readonly Condition[], ordinary: readonly FieldReading[]): Probe {
  const known = ordinary.filter((value) => value != null);
  return (condition) =>
    asked.some((one) => isSame(one, condition)) ||
    (known.length > 0 && known.every((value) => condition.truthOf(value) === 'yes'));
}

const isSame = (one: Condition, other: Condition): boolean =>
  one.key === other.key && JSON.stringify(one.values) === JSON.stringify(other.values);

/** Values that satisfy a condition. */
function examplesOf({ field, comparison, values }: Condition): FieldReading[] {
  if (comparison === 'exists' || comparison === 're' || comparison === 'cidr') return [];
  const texts = values.filter((value) => typeof value === 'string');
  const fillers = field.type === 'ip' ? ADDRESS_FILLERS : FILLERS;
  const filled = fillers.flatMap((filler) => {
    const plain = texts.map((text) => textOf(text, () => filler, filler.charAt(0)));
    if (comparison === null) return plain;
    return [...plain, plain.join(filler)].flatMap((text) => [
      text,
      `${text}${filler}`,
      `${filler}${text}`,
      `${filler}${text}${filler}`,
    ]);
  });
  const bare = texts.flatMap(bareTexts).filter((text) => isWhole(field, text));
  const isAddress = (text: string): boolean => field.type !== 'ip' || parseIp(text) !== null;
  const plain = values.filter((value) => typeof value !== 'string');
  // A column may hold a number as text, and a truth as a number.
  const forms = field.type === 'any' ? [...plain.map(String), ...values.map(Number)] : [];
  return [...plain, ...forms, ...[...filled, ...bare].filter(isAddress)];
}

/** Texts of a pattern in which all `*`, all but one, or one alone stand for nothing: `python` of `python*`. */
function bareTexts(pattern: string): string[] {
  const [filler = ''] = FILLERS;
  const stars = Array.from({ length: starsIn(pattern) }, (_, star) => star);
  const fills = stars.flatMap((own) => [
    () => false,
    (star: number) => star === own,
    (star: number) => star !== own,
  ]);
  return fills.map((isFilled) => textOf(pattern, (star) => (isFilled(star) ? filler : ''), filler.charAt(0)));
}

/** What is nothing, or has a folder or file without a name, is no value that an app has. */
function isWhole(field: Field, text: string): boolean {
  return text !== '' && (foldersOf(field) === undefined || !/[/\\]([/\\]|$)/.test(text));
}

/** The values at the limits of conditions, and beyond them. */
function around(field: Field, conditions: readonly Condition[]): FieldReading[] {
  const values = conditions.flatMap((one) => (one.comparison === 'exists' ? [] : one.values));
  if (field.type === 'ip') return values.flatMap((value) => addressesAround(String(value)));
  if (field.type !== 'number' && field.type !== 'any') return [];
  // Nobody can be reached at port 0.
  return numbersAround(field, values).filter((value) => value !== 0 || field.range?.most !== MOST_PORTS);
}

const MOST_PORTS = 65_535;

/** Its first and last address, and those before and behind. */
function addressesAround(text: string): string[] {
  const cidr = parseCidr(text);
  if (cidr === null) return [];
  const { network, bits } = cidr;
  const size = 1n << BigInt(network.length * 8 - bits);
  const number = network.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const first = (number / size) * size;
  const most = 1n << BigInt(network.length * 8);
  return [first - 1n, first, first + size / 2n, first + size - 1n, first + size]
    .filter((one) => one >= 0n && one < most)
    .map((one) =>
      formatIp(network.map((_, index) => Number((one >> BigInt((network.length - 1 - index) * 8)) & 255n))),
    );
}
