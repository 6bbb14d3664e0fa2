import type { TcpTraffic } from '../../core/parse/socket-record.ts';

/** A reading is up to so long after the time of its look, on a busy host. */
const NEAR_MS = 200;

/**
 * Whether the kernel has sent keepalives between two readings of a connection, and when the last of them was answered, in
 * milliseconds before the later one (0 where it was not). null: that is not known to have happened.
 *
 * A keepalive has no payload and leaves the counts of bytes and of segments with payload as they are. Segments without are
 * also sent in answer to the peer's keepalives, but those are not acknowledged by anybody: here a timer was due, and the
 * peer has acknowledged something although nothing was sent, or has not answered a probe.
 */
export function keptAliveMsAgo(before: TcpTraffic, now: TcpTraffic, betweenMs: number): number | null {
  const [then, since] = [before.segments, now.segments];
  if (then === undefined || since === undefined || then.keepaliveInMs === null) return null;
  const isDue = then.keepaliveInMs <= betweenMs;
  const isSilent = since.withData === then.withData && now.sentBytes === before.sentBytes;
  if (!isDue || !isSilent || since.sent <= then.sent) return null;
  if (since.sinceAcknowledgedMs < betweenMs - NEAR_MS) return since.sinceAcknowledgedMs;
  return since.unanswered > 0 && since.keepaliveInMs !== null ? 0 : null;
}
