import type { FieldValue } from '../../../model/activity.ts';
import type { RecordKind } from '../../../model/derived-metric.ts';
import type { Evidence, Window } from '../../../model/evidence.ts';
import { LEFT_OUT, keptPart } from '../../parse/cut-text.ts';
import { MASK } from '../../parse/cmdline.ts';
import type { AppRecord } from '../../derive/app-record.ts';
import { activitiesOf } from '../../derive/activities-of.ts';
import { once, spanKey } from '../../derive/once.ts';
import { activityTable } from '../activity-table.ts';
import { isRounded } from '../rounded.ts';

/** Values of a metric in a window, each with the time of its record, and why they are not all there were. */
export interface RecordValues {
  values: { atMs: number; value: number }[];
  /** null: nothing is missing. */
  missing: string | null;
  /** Of a count what was counted, by their ids; left out: the values speak for themselves. */
  counted?: readonly { atMs: number; id: string }[];
}

/** The records of a target that belong to a window, in order of time. */
export function recordsIn(
  evidence: Evidence,
  target: string,
  window: Window,
  kind: AppRecord['kind'],
): readonly AppRecord[] {
  const table = activityTable(evidence, window, kind, null);
  return once(evidence, recordsIn, `${kind} ${spanKey(window)} ${target}`, () =>
    table.rowsOf(target).flatMap((row) => table.rows[row] as AppRecord),
  );
}

/** All records of a target, before and after the window, too. */
export function allRecords(
  evidence: Evidence,
  target: string,
  kind: AppRecord['kind'],
): readonly AppRecord[] {
  return once(evidence, allRecords, `${kind} ${target}`, () =>
    activitiesOf(evidence, kind).filter((one) => one.target === target),
  );
}

/** Whether a line or row is of the sort that a metric is made of. */
export function isOf(record: AppRecord, kind: RecordKind): boolean {
  if ('log' in kind) return record.kind === 'log' && record.category === kind.log;
  return record.kind === 'event' && record.type === kind.event;
}

/** Where records of a kind stand. */
export const placeOf = (kind: RecordKind): AppRecord['kind'] => ('log' in kind ? 'log' : 'event');

/** As the user wrote it. */
export const nameOf = (kind: RecordKind): string => ('log' in kind ? kind.log : kind.event);

/** Whether a kind was ever there, as far as the collectors know. */
export function wasEverSeen({ targets, eventTypes }: Evidence, target: string, kind: RecordKind): boolean {
  if ('event' in kind) return eventTypes[target]?.includes(kind.event) === true;
  return targets.find(({ name }) => name === target)?.logCategories?.includes(kind.log) === true;
}

/** A field as it was written; undefined: the record has none; null: it is not known, or not as it was. */
export function fieldOf({ data }: AppRecord, name: string): Exclude<FieldValue, null> | null | undefined {
  if (!Object.hasOwn(data, name)) return Object.hasOwn(data, LEFT_OUT) ? null : undefined;
  const value = data[name] ?? undefined;
  return typeof value === 'string' && (value === MASK || keptPart(value) !== null) ? null : value;
}

/** A field that tells records of one thing from those of another. */
export function idOf(record: AppRecord, name: string): string | null {
  const value = fieldOf(record, name);
  return value === undefined || value === null || value === '' || isRounded(value) ? null : String(value);
}

/** A record's time, where it is its own stamp; null: it is known to a look only. */
export function exactMs({ atMs, stampedAtMs, stampDoubtful }: AppRecord): number | null {
  return stampedAtMs === null || stampDoubtful ? null : atMs;
}
