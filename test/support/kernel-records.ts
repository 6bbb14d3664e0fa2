import type { KernelRecord } from '../../src/model/kernel-record.ts';

/** The type of the records of an event. */
type OfEvent<E, R = KernelRecord> = R extends { event: infer Own } ? (E extends Own ? R : never) : never;

/** The records of one event. */
export function recordsOf<E extends KernelRecord['event']>(
  records: readonly KernelRecord[],
  event: E,
): OfEvent<E>[] {
  return records.filter((record) => record.event === event) as OfEvent<E>[];
}
