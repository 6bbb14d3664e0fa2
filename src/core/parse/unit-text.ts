import { parseBitRate } from './bit-rate.ts';
import { parseDurationMs } from './duration.ts';

/** Texts that are a number with its unit. */
export interface UnitText {
  /** For the end of «… is not»: `a duration such as 500ms or 30s`. */
  what: string;
  /** What a number by itself most likely means. */
  unit: string;
  isValid: (text: string) => boolean;
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)$/;
const LONGEST_SHOWN = 50;

/** What is wrong with what is none of these texts; where only the unit is missing, the text that it would be with one. */
export function sayNoUnitText(given: unknown, { what, unit, isValid }: UnitText): string {
  const text = String(given).trim();
  const meant = `${text.replace(/^\+/, '').replace(/^\./, '0.').replace(/\.$/, '')}${unit}`;
  return NUMBER.test(text) && isValid(meant)
    ? `«${text}» lacks a unit; did you mean ${meant}?`
    : `«${text.slice(0, LONGEST_SHOWN)}» is not ${what}`;
}

/** A duration; each command and each file names its own examples. @param what as in UnitText */
export const durationText = (what: string, isRight: (ms: number) => boolean = () => true): UnitText => ({
  what,
  unit: 's',
  isValid: (text) => {
    const ms = parseDurationMs(text);
    return ms !== null && isRight(ms);
  },
});

export const BIT_RATE: UnitText = {
  what: 'a rate such as 750kbit/s or 5Mbit/s',
  unit: 'Mbit/s',
  isValid: (text) => parseBitRate(text) !== null,
};
