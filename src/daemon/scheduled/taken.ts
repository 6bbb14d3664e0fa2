import { createHash } from 'node:crypto';
import { evidenceOf } from '../../core/measure/baseline/evidence.ts';
import type { ScheduledMeasurement } from '../../core/measure/probe-spec.ts';
import { MEASUREMENTS } from '../../core/rules/measurements.ts';
import type { MeasuredRun } from '../../model/measure-document.ts';
import type { Measurement } from '../../model/measurement.ts';
import type { TakenMeasurement } from '../../model/taken-measurement.ts';
import type { TimeSpan } from '../../model/time.ts';
import { comparisonOf } from './comparison.ts';
import type { MeasuredBaseline } from './measured-baseline.ts';
import type { WorkerResult } from './start-worker.ts';

export interface TakenParts extends TimeSpan {
  measurement: ScheduledMeasurement;
  result: WorkerResult;
  nextDueMs: number | null;
  /** What it is compared with. */
  baselineOf: (run: MeasuredRun) => MeasuredBaseline | null;
  /** The last word on it before; null: there is none. */
  before: TakenMeasurement | null;
}

/** What came of a measurement, as it is written down. */
export function takenOf({
  measurement,
  result,
  nextDueMs,
  baselineOf,
  before,
  fromMs,
  toMs,
}: TakenParts): TakenMeasurement {
  const { id: measurementId, target, better, probe } = measurement;
  const asked = askedOf(measurement);
  const common = { measurementId, kind: probe.kind, target, asked, fromMs, toMs, nextDueMs };
  if ('problem' in result) {
    const { problem } = result;
    const measurements = unmeasured(measurement, before, { problem, atMs: toMs });
    return { ...common, folder: null, problem, measurements, baselines: [], comparison: null };
  }
  const { folder } = result;
  const measurements = result.run.measurements.map((one): Measurement => ({ ...one, target }));
  const run: MeasuredRun = { ...result.run, measurements };
  const baseline = baselineOf(run);
  const baselines = baseline === null ? [] : evidenceOf(baseline.name, baseline.runs, run);
  const comparison = baseline === null ? null : comparisonOf(baseline, run, better);
  return { ...common, folder, problem: null, measurements, baselines, comparison };
}

/** When it is taken is no part of what is measured. */
const askedOf = ({ target, probe }: ScheduledMeasurement): string =>
  createHash('sha256')
    .update(JSON.stringify([target, probe]))
    .digest('hex');

/** Why what was measured before is no result of what is configured now; null: it is. */
export function whyGone({ asked }: TakenMeasurement, now: ScheduledMeasurement | undefined): string | null {
  if (now === undefined) return 'it is not measured any more';
  return asked === undefined || asked === askedOf(now) ? null : 'it is configured otherwise since';
}

/** The last word on what is not measured any more: nothing of it holds. */
export function withdrawn(before: TakenMeasurement, problem: string, nowMs: number): TakenMeasurement {
  const measurements = before.measurements.map((one) => ({ ...one, problem }));
  const none = { nextDueMs: null, folder: null, baselines: [], comparison: null };
  return { ...before, ...none, fromMs: nowMs, toMs: nowMs, problem, measurements, isWithdrawn: true };
}

/** Everything that it could have been, and was before: rules go by none of it. */
function unmeasured(
  { id, target, probe }: ScheduledMeasurement,
  before: TakenMeasurement | null,
  { problem, atMs }: Pick<Measurement, 'atMs'> & { problem: string },
): Measurement[] {
  const names = [...MEASUREMENTS.keys()].filter((name) => name.split('.')[0] === probe.kind);
  const known = (before?.measurements ?? []).map((one) => ({ name: one.name, id: one.id }));
  const others = names
    .filter((name) => !known.some((one) => one.name === name))
    .map((name) => ({ name, id }));
  const none = { target, atMs, count: 0, statistics: {}, problem };
  return [...known, ...others].map((one): Measurement => ({ ...one, ...none }));
}
