import { z } from 'zod';
import type { Better } from '../core/measure/baseline/direction.ts';
import type { ScheduledMeasurement } from '../core/measure/probe-spec.ts';
import type { Problem } from '../core/rules/problem.ts';
import type { MeasureKind } from '../model/measure-document.ts';
import { cron, label, timezone } from './field-schemas.ts';
import { toProbe } from './probe-document.ts';
import { PROBE_FIELDS, PROBE_KINDS, type ProbeFields } from './probe-fields.ts';
import { cronProblem, timezoneProblem } from './schedule-problems.ts';

const measurementSchema = z.strictObject({
  id: label,
  kind: z.enum(PROBE_KINDS).describe('what is measured'),
  target: label.optional().describe('the target that it uses'),
  cron: cron.describe('when: five fields, or six with seconds before them'),
  timezone: timezone.optional(),
  better: z
    .enum(['lower', 'higher'])
    .optional()
    .describe('run: which way its counts and percentages are better, for the comparison with the baseline'),
  ...PROBE_FIELDS,
});

interface MeasurementDocument extends ProbeFields {
  id: string;
  kind: MeasureKind;
  target?: string | undefined;
  cron: string;
  timezone?: string | undefined;
  better?: Better | undefined;
}

/** Measurements that the daemon takes, never inside a window. */
export const measurementsSchema: z.ZodType<MeasurementDocument[]> = z.array(measurementSchema).max(100);

/** Those of a configuration, and everything in them that makes no sense. */
export function toMeasurements(
  documents: readonly MeasurementDocument[],
  { targets, folder }: { targets: readonly string[]; folder: string },
): { measurements: ScheduledMeasurement[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const measurements = documents.flatMap((given, index): ScheduledMeasurement[] => {
    const { id, kind, target, cron: expression, timezone: zone = null, better = null, ...fields } = given;
    const tell = (path: string[], problem: Omit<Problem, 'path'>): number =>
      problems.push({ path: ['measurements', index, ...path], ...problem });
    if (documents.findIndex((other) => other.id === id) < index)
      tell(['id'], { message: `there is another measurement with the id «${id}»` });
    if (target !== undefined && !targets.includes(target))
      tell(['target'], { message: `«${target}» is none of the targets`, value: target, candidates: targets });
    const times: [key: string, message: string | null][] = [
      ['cron', cronProblem(expression)],
      ['timezone', zone === null ? null : timezoneProblem(zone)],
    ];
    for (const [key, message] of times) if (message !== null) tell([key], { message });
    if (better !== null && kind !== 'run')
      tell(['better'], { at: 'key', message: '`better` is for run: of everything else it is known' });
    const probe = toProbe(kind, fields, { folder, kindKey: 'kind', startup: null }, tell);
    const [only] = targets;
    const own = target ?? (targets.length === 1 ? (only ?? null) : null);
    return probe === null ? [] : [{ id, target: own, cron: expression, timezone: zone, better, probe }];
  });
  return { measurements, problems };
}
