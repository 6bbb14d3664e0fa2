import type { Evidence, Window } from '../../../model/evidence.ts';
import { scaled } from '../../derive/field-dimension.ts';
import type { RecordMetric } from './record-metric.ts';
import { fieldOf, type RecordValues, recordsIn } from './records.ts';

/** The numbers that lines have in a field, in the base unit; a line without that field has no part in it. */
export function logValues(
  evidence: Evidence,
  target: string,
  window: Window,
  { name, scale }: Pick<RecordMetric, 'name' | 'scale'>,
): RecordValues {
  const values: RecordValues['values'] = [];
  let missing: string | null = null;
  for (const line of recordsIn(evidence, target, window, 'log')) {
    if (line.kind !== 'log' || !name.startsWith(`log.${line.category}.`)) continue;
    const field = name.slice(`log.${line.category}.`.length);
    const value = fieldOf(line, field);
    if (value === undefined) continue;
    if (typeof value === 'number') values.push({ atMs: line.atMs, value: scaled(value, scale) });
    else missing ??= `${field} of a line ${line.category} is not known as a number`;
  }
  return { values, missing };
}
