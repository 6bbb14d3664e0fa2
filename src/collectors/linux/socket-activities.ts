import type { TcpTraffic } from '../../core/parse/socket-record.ts';
import type { NetworkActivity } from '../../model/activity.ts';
import type { Look } from '../../model/collector.ts';
import { keptAliveMsAgo } from './keepalive.ts';
import { isWaiting, type SeenSocket, type Sighting } from './socket-sighting.ts';

/** What a socket that nobody had seen before tells: it listens, or was connected, and what went over it since. */
export function activitiesOfNew(sighting: Sighting, entry: SeenSocket): NetworkActivity[] {
  const { record } = entry;
  if (isWaiting(record)) return [activity(sighting, entry, 'listen')];
  entry.remote = sighting.nameRemote(record);
  const op = entry.direction === 'inbound' ? 'accept' : 'connect';
  const { sentBytes = null, receivedBytes = null } = record.traffic ?? {};
  const isUnasked = op === 'accept' && receivedBytes === 0 && sentBytes !== null && sentBytes > 0;
  const opened = activity(sighting, entry, op, {
    bytesSent: isUnasked ? 0 : sentBytes,
    bytesReceived: receivedBytes,
  });
  if (!isUnasked) return [opened];
  const direction = 'outbound' as const;
  return [opened, { ...activity(sighting, entry, 'send', { bytesSent: sentBytes }), direction }];
}

/** What happened on a known socket between two sightings. */
export function activitiesBetween(
  sighting: Sighting,
  entry: SeenSocket,
  before: { traffic: TcpTraffic | null; atMs: number },
): NetworkActivity[] {
  return [
    ...keptAlive(sighting, entry, before.traffic, sighting.look.nowMs - before.atMs),
    ...traffic(sighting, entry, before),
  ];
}

/** What the kernel sent by itself, so that the peer's end of a silent connection is not forgotten. */
function keptAlive(
  sighting: Sighting,
  entry: SeenSocket,
  before: TcpTraffic | null,
  betweenMs: number,
): NetworkActivity[] {
  const now = entry.record.traffic;
  const ago = now === null || before === null ? null : keptAliveMsAgo(before, now, betweenMs);
  if (ago === null) return [];
  entry.remote ??= sighting.nameRemote(entry.record);
  const atMs = sighting.look.nowMs - ago;
  return [activity(sighting, entry, 'keepalive', { atMs, bytesSent: 0, bytesReceived: 0 })];
}

function traffic(
  sighting: Sighting,
  entry: SeenSocket,
  { traffic: before, atMs: sinceMs }: { traffic: TcpTraffic | null; atMs: number },
): NetworkActivity[] {
  const now = entry.record.traffic;
  if (now === null || before === null) return [];
  const activities: NetworkActivity[] = [];
  const received = now.receivedBytes - before.receivedBytes;
  // What was handed to the kernel earlier leaves now.
  const sent = now.sentBytes - before.sentBytes || leftBytes(now) - leftBytes(before);
  if (received > 0 || sent > 0) entry.remote ??= sighting.nameRemote(entry.record);
  if (received > 0) {
    const atMs = agoMs(sighting.look, now.sinceReceivedMs);
    activities.push(activity(sighting, entry, 'receive', { bytesReceived: received, atMs, sinceMs }));
  }
  if (sent > 0) {
    const atMs = agoMs(sighting.look, now.sinceSentMs);
    // What nobody has asked for is the target's own doing, whoever opened the connection.
    const isAnswer = isAsked(before) || (isSentLast(now) && (received > 0 || wasPrompt(now)));
    const direction = isAnswer ? entry.direction : 'outbound';
    activities.push({ ...activity(sighting, entry, 'send', { bytesSent: sent, atMs, sinceMs }), direction });
  }
  return activities;
}

const leftBytes = ({ sentBytes, waitingBytes = 0 }: TcpTraffic): number => sentBytes - waitingBytes;

/** What is sent to whoever has connected is an answer for so long after they have sent something. */
const ANSWER_MS = 1000;

/** Whether what came since a sighting was a question, and no acknowledgement, for all that is known. */
export function wasAsked(now: TcpTraffic | null, before: TcpTraffic | null): boolean {
  if (now === null || before === null || now.receivedBytes <= before.receivedBytes) return false;
  return isSentLast(now) || isAsked(now);
}

/** What the peer has sent last was not answered yet; but what came soon after something was sent may be an acknowledgement. */
function isAsked({ receivedBytes, sentBytes, sinceReceivedMs, sinceSentMs }: TcpTraffic): boolean {
  return receivedBytes > 0 && (sentBytes === 0 || sinceSentMs - sinceReceivedMs >= ANSWER_MS);
}

/** Something was received, and then sent. */
function isSentLast({ receivedBytes, sinceReceivedMs, sinceSentMs }: TcpTraffic): boolean {
  return receivedBytes > 0 && sinceReceivedMs >= sinceSentMs;
}

/** What was sent last came soon after what was received last. */
function wasPrompt({ sinceReceivedMs, sinceSentMs }: TcpTraffic): boolean {
  return sinceReceivedMs - sinceSentMs < ANSWER_MS;
}

/** A time before this look, as far as it fits: after the look before, at this look at the latest. */
function agoMs({ nowMs, previousMs }: Look, ms: number): number {
  const atMs = nowMs - ms;
  return atMs > (previousMs ?? Number.NEGATIVE_INFINITY) ? atMs : Math.min(nowMs, (previousMs ?? nowMs) + 1);
}

function activity(
  { look, process }: Sighting,
  { record, direction, remote }: SeenSocket,
  op: NetworkActivity['op'],
  known: Partial<NetworkActivity> = {},
): NetworkActivity {
  return {
    kind: 'network',
    op,
    atMs: look.nowMs,
    target: process.target,
    collector: 'sockets',
    processId: process.id,
    thread: null,
    direction,
    protocol: record.protocol,
    remote,
    localPort: record.local.port,
    bytesSent: null,
    bytesReceived: null,
    lifetimeSeconds: null,
    ...known,
  };
}
