/** What a unit makes of a number: which measurement it is one of, and how many of that one's unit it is. */
export interface ToldUnit {
  name: string;
  scale: number;
}

const SECONDS: ReadonlyMap<string, number> = new Map([
  ...['ns', 'nsec', 'nanoseconds'].map((word) => [word, 1e-9] as const),
  ...['us', 'µs', 'μs', 'usec', 'microseconds'].map((word) => [word, 1e-6] as const),
  ...['ms', 'msec', 'milliseconds'].map((word) => [word, 1e-3] as const),
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((word) => [word, 1] as const),
  ...['min', 'minutes'].map((word) => [word, 60] as const),
]);

const PREFIXES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};
const BITS_OF_A_BYTE = 8;

/** What cannot be below 0; counts and percentages may be changes of something. */
const NEVER_NEGATIVE: ReadonlySet<string> = new Set(['run.seconds', 'run.bytes', 'run.rate']);

/**
 * The measurement that a number with such a unit is one of. `MB` are bytes, `Mb` and `Mbit` bits, eight to a byte. All in small letters
 * (`mb`) programs write both, so that nobody can tell.
 */
export function toldUnit(unit: string): ToldUnit | { problem: string } {
  const [, word = '', per] = /^\s*([^/]*?)\s*(?:\/\s*(.*?)\s*)?$/.exec(unit) ?? [];
  const [, ofRate] = per === undefined ? (/^([kmg]?i?b)ps$/i.exec(word) ?? []) : [];
  // `kbps` is always so many bits: who means bytes writes kBps.
  if (ofRate !== undefined) return rateOf(ofRate.endsWith('b') ? `${ofRate}it` : ofRate);
  if (per !== undefined && /^(?:s|sec|secs|second|seconds)$/i.test(per)) return rateOf(word);
  // `ns/iter`, `ms/op`: the time of one.
  const seconds = SECONDS.get(word.toLowerCase());
  if (seconds !== undefined) return { name: 'run.seconds', scale: seconds };
  const bytes = bytesOf(word);
  if (bytes !== null) return typeof bytes === 'number' ? { name: 'run.bytes', scale: bytes } : bytes;
  if (/^(?:%|percent)$/i.test(word)) return { name: 'run.percent', scale: 1 };
  return { name: 'run.count', scale: 1 };
}

/** Whether a number can be of a measurement. */
export function isTellable({ name }: ToldUnit, value: number): boolean {
  return value >= 0 || !NEVER_NEGATIVE.has(name);
}

function rateOf(word: string): ToldUnit | { problem: string } {
  const bytes = bytesOf(word) ?? 1;
  return typeof bytes === 'number' ? { name: 'run.rate', scale: bytes } : bytes;
}

/** How many bytes it is; null: no unit of them. */
function bytesOf(word: string): number | { problem: string } | null {
  const [, prefix = '', unit = ''] = /^([kmg]?i?)(b|bytes?|bits?)$/i.exec(word) ?? [];
  const scale = PREFIXES[prefix.toLowerCase()];
  if (unit === '' || scale === undefined) return null;
  const isSmall = word === word.toLowerCase();
  if (unit === 'b' && isSmall) {
    const more = prefix === 'k' ? 'k' : prefix.charAt(0).toUpperCase() + prefix.slice(1);
    return { problem: `«${word}» may be bits or bytes: write ${more}bit or ${more}B` };
  }
  return unit === 'b' || /^bit/i.test(unit) ? scale / BITS_OF_A_BYTE : scale;
}
