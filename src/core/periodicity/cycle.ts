import { gapsIn, stepsIn } from './best-chain.ts';

const LONGEST = 6;
const MIN_GAPS = 8;
/** Beats of a run that are looked at. */
const EARLY = 1000;
/** Gaps that vary less, in periods, are one period with jitter. */
const MIN_VARIATION = 0.03;
/** Sums of gaps must vary so much less than single gaps; those of a clock vary as much, those of a renewal chain more. */
const TIGHTER = 0.45;

/**
 * Gaps that follow each other in a cycle (9 s, 14 s, 9 s …) make one period, their sum: each of its places is a run
 * of beats. A chain whose gaps are nearly all multiples of a few periods has that multiple as its period.
 * @returns the runs and the rough period that they have; as given where there is no cycle
 */
export function nameCycle(
  runs: readonly (readonly number[])[],
  period: number,
): { runs: number[][]; period: number } {
  const plain = runs.map((run) => [...run]);
  // What repeats shows itself early.
  const early = runs.map((run) => run.slice(0, EARLY)).slice(0, EARLY);
  const gaps = early.flatMap((run) => gapsIn(run));
  if (gaps.length < MIN_GAPS) return { runs: plain, period };
  const steps = gaps.map((gap) => stepsIn(gap, period));
  for (const multiple of [5, 4, 3, 2]) {
    const fitting = steps.filter((count) => count % multiple === 0).length;
    if (fitting >= 0.9 * steps.length) return nameCycle(runs, period * multiple);
  }
  const single = deviation(gaps);
  if (single < MIN_VARIATION * period) return { runs: plain, period };
  for (let length = 2; length <= LONGEST && gaps.length >= 3 * length; length += 1) {
    const sums = early.flatMap((run) => run.slice(length).map((at, index) => at - (run[index] as number)));
    if (sums.length < 2 * length || deviation(sums) > TIGHTER * single) continue;
    const places = plain.flatMap((run) =>
      Array.from({ length }, (_, place) => run.filter((_beat, index) => index % length === place)),
    );
    return { runs: places, period: sums.reduce((total, value) => total + value, 0) / sums.length };
  }
  return { runs: plain, period };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
}
