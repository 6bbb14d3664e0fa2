import type { Dimension } from '../../model/dimension.ts';

/** A whole number with commas: 1,200. */
export function withCommas(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 connect`, `3 connects`. */
export function counted(count: number, noun: string): string {
  const plural = /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${withCommas(count)} ${count === 1 ? noun : plural}`;
}

/** Seconds as people write them: `20 s`, `1.5 s`, `3 min`, `2 h`. */
export function spell(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 1) return `${short(durationMs)} ms`;
  if (seconds < 120) return `${short(seconds)} s`;
  return seconds < 7200 ? `${short(seconds / 60)} min` : `${short(seconds / 3600)} h`;
}

/** A value with its unit: `0.12 %`, `48.2 MB`, `10.2/s`. */
export function quantity(value: number, { quantity: of, perSecond }: Dimension): string {
  const per = perSecond ? '/s' : '';
  if (of === 'percent') return `${short(value)} %${per}`;
  if (of === 'seconds') return `${short(value)} s${per}`;
  return of === 'count' || of === 'share' ? `${short(value)}${per}` : `${bytes(value)}${per}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

function bytes(value: number): string {
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 1000 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${short(scaled)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** Four significant digits are enough for a reader, and no digit of a whole number is dropped. */
export function short(value: number): string {
  if (Math.abs(value) >= 1000) return withCommas(value);
  return String(Number(value.toPrecision(4)));
}

const TIMES: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A rate in the time that a text names, as `< 1MB/h` does: `3.6 GB/h`; per second where it names none. */
export function rateIn(perSecond: number, { quantity: of }: Dimension, text: string): string {
  const unit = /\/\s*([smhd])\s*$/.exec(text)?.[1] ?? 's';
  return `${quantity(perSecond * (TIMES[unit] ?? 1), { quantity: of, perSecond: false })}/${unit}`;
}
