import type { Measurement, MeasurementBaseline } from '../../model/measurement.ts';
import type { TakenMeasurement } from '../../model/taken-measurement.ts';
import type { TimeSpan } from '../../model/time.ts';

/** So long after its time a measurement may begin, and a window open: a look lies in between. */
const LATE_MS = 10_000;

/** The last word on each measurement that was over before a window ended. */
export function lastTaken(
  taken: readonly TakenMeasurement[],
  { toMs }: Pick<TimeSpan, 'toMs'>,
): TakenMeasurement[] {
  const last = new Map<string, TakenMeasurement>();
  for (const one of taken) if (one.toMs <= toMs) last.set(one.measurementId, one);
  return [...last.values()];
}

/**
 * What holds of measurements on schedule in a window. One that was due again before the window opened, and was not taken, must not
 * be gone by.
 */
export function standingMeasurements(
  taken: readonly TakenMeasurement[],
  span: TimeSpan,
): { measurements: Measurement[]; baselines: MeasurementBaseline[] } {
  const last = lastTaken(taken, span);
  return {
    measurements: last.flatMap((one) => {
      const overdue = overdueSince(one, span);
      return one.measurements.map((measured) => ({ ...measured, problem: measured.problem ?? overdue }));
    }),
    baselines: last.flatMap(({ baselines }) => baselines),
  };
}

function overdueSince({ measurementId, nextDueMs }: TakenMeasurement, { fromMs }: TimeSpan): string | null {
  if (nextDueMs === null || nextDueMs + LATE_MS >= fromMs) return null;
  return `${measurementId} was to be measured again at ${new Date(nextDueMs).toISOString()}, before the window opened, and was not`;
}
