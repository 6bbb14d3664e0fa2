import { parseDurationMs } from '../core/parse/duration.ts';
import { durationText, sayNoUnitText, type UnitText } from '../core/parse/unit-text.ts';
import { type Refuse, refuser } from '../errors/refuse.ts';
import { type PrintedOptions, printedFormats } from './format-option.ts';

/** Refuses what an option of `report` says. */
export const refuse: Refuse = refuser('report');

/** The options of `report` as commander hands them over. */
export interface ReportOptions extends PrintedOptions {
  since?: string;
  window?: string;
  state?: string;
  compare?: string[];
  into?: string;
  evidence?: string;
  key?: string;
  rules?: string[];
}

/** The formats asked for; see `printedFormats`. */
export const reportFormats = <T extends string>(options: ReportOptions, known: readonly T[], usual: T): T[] =>
  printedFormats(options, { known, usual }, refuse);

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?$/;

const HOUR_MS = 3_600_000;
/** Four digits are rather a year than hours. */
const FEW_HOURS = 1000;
const SINCE: UnitText = {
  ...durationText('a duration (24h, 7d) nor a date (2026-11-01)', (ms) => ms < FEW_HOURS * HOUR_MS),
  unit: 'h',
};

/** `24h`, a date (its midnight here) or a date with a time → epoch milliseconds; null: not asked for. */
export function sinceOf(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  const ago = parseDurationMs(text);
  if (ago !== null) return nowMs - ago;
  const form = DATE.test(text) ? `${text}T00:00` : text;
  const atMs = DATE_TIME.test(form) ? Date.parse(form) : Number.NaN;
  if (Number.isNaN(atMs)) refuse('--since', sayNoUnitText(text, SINCE));
  if (atMs > nowMs) refuse('--since', `${text} is in the future`);
  return atMs;
}
