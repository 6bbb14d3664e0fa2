import type { RecordKind } from '../../../model/derived-metric.ts';
import type { Evidence, Window } from '../../../model/evidence.ts';
import { allRecords, idOf, isOf, nameOf, placeOf, type RecordValues, recordsIn } from './records.ts';

/** Of the ids that began in the window the share that came to the other record, then or later, as far as anybody looked. */
export function chainValues(
  evidence: Evidence,
  target: string,
  window: Window,
  { by, from, to }: { by: string; from: RecordKind; to: RecordKind },
): RecordValues {
  let missing: string | null = null;
  const begun = new Map<string, number>();
  for (const record of recordsIn(evidence, target, window, placeOf(from))) {
    if (!isOf(record, from)) continue;
    const id = idOf(record, by);
    if (id === null) missing ??= `a record ${nameOf(from)} has no ${by} that is known`;
    else if (!begun.has(id)) begun.set(id, record.atMs);
  }
  const reached = new Set<string>();
  for (const record of allRecords(evidence, target, placeOf(to))) {
    if (!isOf(record, to)) continue;
    const id = idOf(record, by);
    const fromMs = id === null ? undefined : begun.get(id);
    if (id !== null && fromMs !== undefined && record.atMs >= fromMs) reached.add(id);
    if (id === null && record.atMs >= window.fromMs) {
      missing ??= `a record ${nameOf(to)} has no ${by} that is known`;
    }
  }
  const values = begun.size === 0 ? [] : [{ atMs: window.toMs, value: reached.size / begun.size }];
  return { values, missing };
}
