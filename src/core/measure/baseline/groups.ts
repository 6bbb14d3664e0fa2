import type { MeasuredRun } from '../../../model/measure-document.ts';
import type { Measurement } from '../../../model/measurement.ts';

/** One measurement of a run. */
export interface MeasuredIn {
  run: MeasuredRun;
  measurement: Measurement;
}

/** The same quantity of the same thing, in all runs of both sides. */
export interface MeasuredGroup {
  name: string;
  id: string | null;
  target: string | null;
  before: MeasuredIn[];
  after: MeasuredIn[];
}

/**
 * What is held against each other: the same name and id, and the same target, unless each side knows only one (a server may listen
 * on another port each time).
 */
export function groupsOf(before: readonly MeasuredRun[], after: readonly MeasuredRun[]): MeasuredGroup[] {
  const sides = { before: inRuns(before), after: inRuns(after) };
  const groups = new Map<string, MeasuredGroup>();
  for (const side of ['before', 'after'] as const) {
    for (const one of sides[side]) {
      const { name, id, target } = one.measurement;
      const isOnly =
        targets(sides.before, one.measurement) <= 1 && targets(sides.after, one.measurement) <= 1;
      const key = JSON.stringify([name, id, isOnly ? null : target]);
      const group = groups.get(key) ?? { name, id, target, before: [], after: [] };
      group[side].push(one);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

const targets = (side: readonly MeasuredIn[], of: Measurement): number =>
  new Set(side.filter((one) => isAlike(one.measurement, of)).map(({ measurement }) => measurement.target))
    .size;

const inRuns = (runs: readonly MeasuredRun[]): MeasuredIn[] =>
  runs.flatMap((run) => run.measurements.map((measurement) => ({ run, measurement })));

const isAlike = (one: Measurement, other: Measurement): boolean =>
  one.name === other.name && one.id === other.id;
