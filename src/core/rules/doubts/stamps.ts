import type { Evidence } from '../../../model/evidence.ts';
import { type AppRecord, isAppRecord } from '../../derive/app-record.ts';
import { once, spanKey } from '../../derive/once.ts';
import { proofTime } from '../../derive/proof-time.ts';
import type { ActivityTable } from '../activity-table.ts';
import type { Claim } from '../claim.ts';
import type { ActivityRule } from '../pack.ts';
import { counted, spell } from '../../wording/amounts.ts';

/**
 * Rows and lines that came in the window but are stamped with another time: the stamps are not understood (a zone, a unit), and
 * rows could have been taken for older or newer ones than they are.
 * @param own the rows of the table that are of the claim's target
 */
export function doubtfulStamps(
  { evidence, rule, target, window }: Claim<ActivityRule>,
  { rows }: ActivityTable,
  own: readonly number[],
): string | null {
  if (rule.activity !== 'event' && rule.activity !== 'log') return null;
  const of = `${rule.activity} ${spanKey(window)} ${target}`;
  return once(evidence, doubtfulStamps, of, () => doubtfulRecords(evidence, recordsOf(rows, own)));
}

function recordsOf(rows: ActivityTable['rows'], own: readonly number[]): AppRecord[] {
  const records: AppRecord[] = [];
  for (const number of own) {
    const row = rows[number];
    if (row !== undefined && isAppRecord(row)) records.push(row);
  }
  return records;
}

/** The same of records that are known to matter. */
export function doubtfulRecords(evidence: Evidence, records: readonly AppRecord[]): string | null {
  const doubtful = records.filter(({ stampDoubtful }) => stampDoubtful);
  const [first] = doubtful;
  if (first === undefined) return null;
  const seen = proofTime(first.firstSeenAtMs, evidence.run.host.utcOffsetMinutes).utc;
  const off =
    first.stampedAtMs === null
      ? 'has a stamp that cannot be read'
      : `is stamped ${spell(Math.abs(first.stampedAtMs - first.firstSeenAtMs))} ${first.stampedAtMs < first.firstSeenAtMs ? 'before' : 'after'} that`;
  const [noun, which] =
    first.kind === 'event'
      ? ['row', `row ${first.id} (${first.type})`]
      : ['line', `one of ${first.category}`];
  return `zone? ${counted(doubtful.length, noun)} of ${first.source} ${doubtful.length === 1 ? 'has' : 'have'} a doubtful time: ${which} was first seen ${seen} and ${off}`;
}
