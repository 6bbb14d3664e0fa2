import type { MeasuredRun } from '../../../model/measure-document.ts';
import type { MeasurementBaseline } from '../../../model/measurement.ts';
import { otherConditions, otherHostClass } from './comparability.ts';
import { groupsOf } from './groups.ts';

/**
 * A baseline as evidence keeps it beside what was measured: rules compare with the last one of a name, id and target. A server that
 * listened on another port is the same target, where there is only one.
 */
export function evidenceOf(
  baseline: string,
  before: readonly MeasuredRun[],
  after: MeasuredRun,
): MeasurementBaseline[] {
  return groupsOf(before, [after]).flatMap((group) => {
    const [now] = group.after;
    if (now === undefined) return [];
    return group.before.map(({ run, measurement }) => {
      const host = group.name.startsWith('size.') ? null : otherHostClass(run, after);
      return {
        baseline,
        measurement: { ...measurement, target: now.measurement.target },
        problem: host ?? otherConditions(run, after),
      };
    });
  });
}
