import type { MeasuredRun } from '../../../model/measure-document.ts';
import type { MeasurementBaseline } from '../../../model/measurement.ts';
import { otherConditions, otherHostClass } from './comparability.ts';
import { groupsOf } from './groups.ts';

/**
 * A baseline as evidence keeps it beside what was measured: rules compare with the last one of a name, id and target. A server that
 * listened on another port is the same target, where there is only one. What else the same runs measured is told, too: that it was not measured again.
 */
export function evidenceOf(
  baseline: string,
  before: readonly MeasuredRun[],
  after: MeasuredRun,
): MeasurementBaseline[] {
  const groups = groupsOf(before, [after]);
  const again = new Set(
    groups.filter((group) => group.after.length > 0).flatMap((group) => group.before.map(({ run }) => run)),
  );
  return groups.flatMap((group) => {
    const target = (group.after[0]?.measurement ?? after.measurements[0])?.target ?? null;
    const told = group.before.filter(({ run }) => again.has(run));
    return told.map(({ run, measurement }) => {
      const host = group.name.startsWith('size.') ? null : otherHostClass(run, after);
      return {
        baseline,
        measurement: { ...measurement, target },
        problem: host ?? otherConditions(run, after),
      };
    });
  });
}
