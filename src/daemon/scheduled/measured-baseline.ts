import type { MeasuredRun } from '../../model/measure-document.ts';
import { readBaselines } from '../proofs/baselines.ts';

/** Measurements that were pinned under a name. */
export interface MeasuredBaseline {
  name: string;
  runs: readonly MeasuredRun[];
}

/**
 * What a measurement is compared with: the baseline that was pinned last of those that hold one of its kind, name and id. Its runs
 * are of the same target: a server may have been called by its port.
 */
export function baselineFor(
  stateFolder: string,
  run: MeasuredRun,
): { baseline: MeasuredBaseline | null; problem: string | null } {
  const { baselines, broken } = readBaselines(stateFolder);
  const found = baselines
    .map(({ name, pinnedAtMs, measured = [] }) => ({
      name,
      pinnedAtMs,
      runs: measured.flatMap((one) => (isAlike(one.run, run) ? [withTargetOf(run, one.run)] : [])),
    }))
    .filter(({ runs }) => runs.length > 0)
    .toSorted((a, b) => a.pinnedAtMs - b.pinnedAtMs)
    .at(-1);
  const problem = broken.length === 0 ? null : `${broken.join(', ')} cannot be read`;
  return { baseline: found === undefined ? null : { name: found.name, runs: found.runs }, problem };
}

const isAlike = (before: MeasuredRun, now: MeasuredRun): boolean =>
  before.kind === now.kind &&
  before.measurements.some(({ name, id }) =>
    now.measurements.some((one) => one.name === name && one.id === id),
  );

function withTargetOf({ measurements: [first] }: MeasuredRun, run: MeasuredRun): MeasuredRun {
  const target = first?.target ?? null;
  return { ...run, measurements: run.measurements.map((one) => ({ ...one, target })) };
}
