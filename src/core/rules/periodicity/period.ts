import type { TimeSpan } from '../../../model/time.ts';
import type { Period } from '../../../model/proof.ts';
import { parseDurationMs } from '../../parse/duration.ts';
import type { PeriodFinding } from '../../periodicity/finding.ts';
import type { PeriodicityRule } from '../pack.ts';
import { counted, spell } from '../wording.ts';

/** As many points as a histogram and a phase plot can show. */
const MAX_POINTS = 500;

/** Whether a rule is about a period: not shorter than its minimum, not longer than its maximum. */
export function isConcerned(
  { period }: Pick<PeriodicityRule, 'period'>,
  { seconds }: PeriodFinding,
): boolean {
  const minMs = parseDurationMs(period.min ?? '') ?? 0;
  const maxMs = parseDurationMs(period.max) ?? Number.POSITIVE_INFINITY;
  return seconds * 1000 >= minMs && seconds * 1000 <= maxMs;
}

/**
 * A period as the proof keeps it, with what its plots draw.
 * @param timesMs all events of its subject
 * @param exposedFromMs where the finding's phase counts from
 */
export function periodOf(
  { beatsMs, phaseSeconds, ...finding }: PeriodFinding,
  timesMs: readonly number[],
  exposedFromMs: number,
  window: TimeSpan,
): Period {
  const periodMs = finding.seconds * 1000;
  const offsetMs = exposedFromMs + phaseSeconds * 1000 - window.fromMs;
  return {
    ...finding,
    phaseSeconds: modulo(offsetMs, periodMs) / 1000,
    intervalsSeconds: beatsMs
      .slice(1, MAX_POINTS + 1)
      .map((atMs, index) => (atMs - (beatsMs[index] ?? 0)) / 1000),
    phases: timesMs.slice(0, MAX_POINTS).map((atMs) => modulo(atMs - window.fromMs, periodMs) / periodMs),
  };
}

/** «every 10.02 s ± 50 ms (6 beats, 1 missed, p = 3e-7)». */
export function everySoOften({
  seconds,
  jitterSeconds,
  beats,
  missed,
  falseAlarmProbability,
}: PeriodFinding): string {
  const misses = missed === 0 ? 'none missed' : `${missed} missed`;
  const chance = Number(falseAlarmProbability.toPrecision(1));
  return `every ${spell(seconds * 1000)} ± ${spell(Number((jitterSeconds * 1000).toPrecision(2)))} (${counted(beats, 'beat')}, ${misses}, p = ${chance})`;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
