import { describe, expect, it } from 'vitest';
import { whyUncounted } from '../../../../../src/core/rules/doubts/uncounted.ts';
import type { Evidence } from '../../../../../src/model/evidence.ts';
import type { Activity } from '../../../../../src/model/activity.ts';

const WINDOW = [{ fromMs: 0, toMs: 60_000 }];
const TICK_MS = 1000;

const sent = (sinceMs: number | null, atMs: number): Activity => ({
  kind: 'network',
  op: 'send',
  atMs,
  ...(sinceMs === null ? {} : { sinceMs }),
  target: 'app',
  collector: 'sockets',
  processId: 1,
  thread: null,
  direction: 'outbound',
  protocol: 'tcp',
  remote: null,
  localPort: 40_000,
  bytesSent: 10,
  bytesReceived: 0,
  lifetimeSeconds: null,
});

const whyNot = (activities: Activity[], leastMs = 0): string | null =>
  whyUncounted({ activities, run: { tickMs: TICK_MS } } as unknown as Evidence, activities, WINDOW, leastMs);

describe('what moved on a connection, as only looks tell', () => {
  it('may have moved on a beat, where looks were far apart', () => {
    expect(whyNot([sent(0, 29_000), sent(30_000, 59_000)])).toMatch(
      /^2 activities that only showed afterwards/,
    );
  });

  it.each([
    ['a beat would have shown in as long a time that was quiet', whyNot([sent(0, 20_000)])],
    ['looks came one after the other', whyNot([sent(28_000, 30_000)])],
    ['the rule asks for longer periods', whyNot([sent(0, 59_000)], 60_000)],
    ['all was told by itself', whyNot([sent(null, 59_000)])],
  ])('is not in doubt where %s', (_, why) => {
    expect(why).toBeNull();
  });
});
