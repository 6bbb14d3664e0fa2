import type { Period } from '../../../model/proof.ts';
import { parseDurationMs } from '../../parse/duration.ts';
import type { PeriodFinding } from '../../periodicity/finding.ts';
import type { PeriodicityRule } from '../pack.ts';
import { counted, spell } from '../../wording/amounts.ts';
import type { FoundPeriods } from './search.ts';

/** Whether a rule is about a period: not shorter than its minimum, not longer than its maximum. */
export function isConcerned(
  { period }: Pick<PeriodicityRule, 'period'>,
  { seconds }: PeriodFinding,
): boolean {
  const minMs = parseDurationMs(period.min ?? '') ?? 0;
  const maxMs = parseDurationMs(period.max) ?? Number.POSITIVE_INFINITY;
  return seconds * 1000 >= minMs && seconds * 1000 <= maxMs;
}

/** Whether periods were found that a rule allows since they are shorter than its minimum. */
export function hasShorter(
  { period }: Pick<PeriodicityRule, 'period'>,
  { bySeries, together }: Pick<FoundPeriods, 'bySeries' | 'together'>,
): boolean {
  const minMs = parseDurationMs(period.min ?? '') ?? 0;
  return [...bySeries.values(), together].flat().some(({ seconds }) => seconds * 1000 < minMs);
}

/** A period as the proof keeps it: with what its plots draw, without the times of its beats. */
export function periodOf(finding: PeriodFinding): Period {
  const { seconds, secondsInterval, jitterSeconds, beats, missed, phaseSeconds, model } = finding;
  const { falseAlarmProbability, intervalsSeconds, phases } = finding;
  return {
    seconds,
    secondsInterval,
    jitterSeconds,
    beats,
    missed,
    phaseSeconds,
    model,
    falseAlarmProbability,
    intervalsSeconds,
    phases,
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
