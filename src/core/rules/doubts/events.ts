import type { Activity, EventActivity } from '../../../model/activity.ts';
import { proofTime } from '../../derive/proof-time.ts';
import type { Claim } from '../claim.ts';
import { counted, spell } from '../wording.ts';

/**
 * Rows that came in the window but are stamped with another time: the stamps are not understood (a zone, a unit), and
 * rows could have been taken for older or newer ones than they are.
 * @param rows of the window that are no findings
 */
export function doubtfulStamps({ evidence }: Claim, rows: readonly Activity[]): string | null {
  const doubtful = rows.filter((row): row is EventActivity => row.kind === 'event' && row.stampDoubtful);
  const [first] = doubtful;
  if (first === undefined) return null;
  const seen = proofTime(first.firstSeenAtMs, evidence.run.host.utcOffsetMinutes).utc;
  const off =
    first.stampedAtMs === null
      ? 'has a stamp that cannot be read'
      : `is stamped ${spell(Math.abs(first.stampedAtMs - first.firstSeenAtMs))} ${first.stampedAtMs < first.firstSeenAtMs ? 'before' : 'after'} that`;
  return `zone? ${counted(doubtful.length, 'row')} of ${first.source} ${doubtful.length === 1 ? 'has' : 'have'} a doubtful time: row ${first.id} (${first.type}) was first seen ${seen} and ${off}`;
}
