import type { EventActivity } from '../../../model/activity.ts';
import { proofTime } from '../../derive/proof-time.ts';
import type { ActivityTable } from '../activity-table.ts';
import type { Claim } from '../claim.ts';
import type { ActivityRule } from '../pack.ts';
import { counted, spell } from '../wording.ts';

/**
 * Rows that came in the window but are stamped with another time: the stamps are not understood (a zone, a unit), and
 * rows could have been taken for older or newer ones than they are.
 * @param own the rows of the table that are of the claim's target
 */
export function doubtfulStamps(
  { evidence, rule }: Claim<ActivityRule>,
  { rows }: ActivityTable,
  own: readonly number[],
): string | null {
  if (rule.activity !== 'event') return null;
  const doubtful: EventActivity[] = [];
  for (const number of own) {
    const row = rows[number];
    if (row?.kind === 'event' && row.stampDoubtful) doubtful.push(row);
  }
  const [first] = doubtful;
  if (first === undefined) return null;
  const seen = proofTime(first.firstSeenAtMs, evidence.run.host.utcOffsetMinutes).utc;
  const off =
    first.stampedAtMs === null
      ? 'has a stamp that cannot be read'
      : `is stamped ${spell(Math.abs(first.stampedAtMs - first.firstSeenAtMs))} ${first.stampedAtMs < first.firstSeenAtMs ? 'before' : 'after'} that`;
  return `zone? ${counted(doubtful.length, 'row')} of ${first.source} ${doubtful.length === 1 ? 'has' : 'have'} a doubtful time: row ${first.id} (${first.type}) was first seen ${seen} and ${off}`;
}
