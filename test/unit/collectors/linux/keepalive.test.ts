import { describe, expect, it } from 'vitest';
import { keptAliveMsAgo } from '../../../../src/collectors/linux/keepalive.ts';
import type { TcpSegments, TcpTraffic } from '../../../../src/core/parse/socket-record.ts';

const traffic = (segments: Partial<TcpSegments> = {}, sentBytes = 5): TcpTraffic => ({
  sentBytes,
  receivedBytes: 7,
  sinceSentMs: 60_000,
  sinceReceivedMs: 60_000,
  segments: {
    sent: 10,
    withData: 4,
    sinceAcknowledgedMs: 60_000,
    unanswered: 0,
    keepaliveInMs: 3000,
    ...segments,
  },
});
const before = traffic();
const BETWEEN_MS = 10_000;
const ago = (now: TcpTraffic, betweenMs = BETWEEN_MS): number | null =>
  keptAliveMsAgo(before, now, betweenMs);

describe('keptAliveMsAgo', () => {
  it('is when the last keepalive was answered', () => {
    expect(ago(traffic({ sent: 13, sinceAcknowledgedMs: 1200, keepaliveInMs: 1800 }))).toBe(1200);
  });

  it('knows one that nobody answers', () => {
    expect(ago(traffic({ sent: 12, unanswered: 2, sinceAcknowledgedMs: 70_000 }))).toBe(0);
  });

  it('says nothing where data went over the connection', () => {
    const sent = { sent: 13, sinceAcknowledgedMs: 1200 };
    expect(ago(traffic({ ...sent, withData: 5 }))).toBeNull();
    expect(ago(traffic(sent, 6))).toBeNull();
  });

  it('says nothing where nothing was sent', () => {
    expect(ago(traffic({ sinceAcknowledgedMs: 1200 }))).toBeNull();
  });

  it('does not take answers to the peer’s keepalives for ours', () => {
    expect(ago(traffic({ sent: 13, sinceAcknowledgedMs: 70_000 }))).toBeNull();
  });

  it('says nothing where no keepalive was due', () => {
    const now = traffic({ sent: 13, sinceAcknowledgedMs: 100 });
    expect(ago(now, 2000)).toBeNull();
    expect(keptAliveMsAgo(traffic({ keepaliveInMs: null }), now, BETWEEN_MS)).toBeNull();
  });

  it('says nothing of what was acknowledged about when the reading before was made', () => {
    expect(ago(traffic({ sent: 11, sinceAcknowledgedMs: BETWEEN_MS - 100 }))).toBeNull();
  });

  it('says nothing where the kernel does not count segments', () => {
    const { segments: _, ...bare } = traffic({ sent: 13, sinceAcknowledgedMs: 1200 });
    expect(ago(bare)).toBeNull();
    expect(keptAliveMsAgo(bare, traffic({ sent: 15, sinceAcknowledgedMs: 1200 }), BETWEEN_MS)).toBeNull();
  });
});
