import type { Stretch } from '../../model/charts.ts';
import type { Finding } from '../../model/proof.ts';

/** A proof keeps the intervals of so many beats. */
const MOST_BEATS = 1000;

/**
 * When the beats of a finding came, in seconds since the window opened: laid end to end from its first time, and, where an
 * interval is missing because nobody looked, back from its last. What lies between two holes cannot be told, and is left out.
 * @param gaps when nobody looked, sorted
 */
export function beatsOf(
  { period, firstAt, lastAt }: Finding,
  originMs: number,
  gaps: readonly Stretch[],
): number[] {
  if (period === null || firstAt === null || lastAt === null) return [];
  const { intervalsSeconds, beats } = period;
  const second = (utc: string): number => Math.round(Date.parse(utc) - originMs) / 1000;
  const hasHoles = intervalsSeconds.length < Math.min(beats, MOST_BEATS) - 1;
  const crossesGap = (from: number, to: number): boolean =>
    hasHoles && gaps.some((gap) => gap.from < to && gap.to > from);
  const ahead = [second(firstAt.utc)];
  let used = 0;
  for (; used < intervalsSeconds.length; used += 1) {
    const from = ahead.at(-1) ?? 0;
    const to = from + (intervalsSeconds[used] ?? 0);
    if (crossesGap(from, to)) break;
    ahead.push(to);
  }
  if (!hasHoles || beats > MOST_BEATS) return ahead.map(toMilliseconds);
  const back = [second(lastAt.utc)];
  for (let index = intervalsSeconds.length - 1; index >= used; index -= 1) {
    const to = back.at(-1) ?? 0;
    const from = to - (intervalsSeconds[index] ?? 0);
    if (crossesGap(from, to)) break;
    back.push(from);
  }
  return [...ahead, ...back.toReversed()].map(toMilliseconds);
}

const toMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;
