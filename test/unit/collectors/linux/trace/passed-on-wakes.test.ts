import { describe, expect, it } from 'vitest';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';
import type { WakeStretch } from '../../../../../src/model/wake.ts';
import { send, sleep, stretches, waking } from './wake-records.ts';

describe('why a thread woke that was woken by', () => {
  it.each([
    ['that a packet has woken, soon: the packet', 0, 'epoll_wait', 500, 'packet'],
    ['that a packet has woken, long after', 0, 'epoll_wait', 1_500, 'thread'],
    ['that a packet has woken, or a timeout that is not recorded: as it', 0, null, 500, 'packet or timer'],
    ['that its timer has woken', 100, 'epoll_wait', 500, 'thread'],
  ] as const)('another thread of its process %s', (_, timeoutMs, call, laterMs, wokenBy) => {
    const found = stretches(
      ...(call === null ? [send(0, 101)] : [sleep(0, 101, call, timeoutMs || null)]),
      sleep(0, 102, 'futex'),
      waking(100, 101, 'softirq'),
      waking(100 + laterMs, 102, 'task', 101),
    );
    const cause =
      wokenBy === 'packet or timer' ? { wokenBy: 'packet', call: null } : { wokenBy, call: 'futex' };
    expect(found.find(({ tid }) => tid === 102)).toMatchObject(cause);
  });

  /** Why a thread of another process was woken by thread 101, so long after 101 had been woken by what the records tell. */
  const handedOn = (to: number, laterMs: number, ...wakes: KernelRecord[]): WakeStretch | undefined =>
    stretches(...wakes, sleep(100, to, 'epoll_wait'), waking(100 + laterMs, to, 'task', 101)).find(
      ({ tid }) => tid === to,
    );

  it.each([
    ['of its target: the packet', 110, 500, 'packet'],
    ['of its target, long after', 110, 1_500, 'process'],
    ['of another target', 180, 500, 'process'],
  ])('a process that a packet has woken, for one %s', (_, to, laterMs, wokenBy) => {
    const found = handedOn(to, laterMs, sleep(0, 101, 'epoll_wait'), waking(100, 101, 'softirq'));
    expect(found).toMatchObject({ wokenBy, call: 'epoll_wait' });
  });

  it('a process that its own timer has woken, also after a packet', () => {
    const timer = [sleep(20, 101, 'epoll_wait', 50), waking(71, 101)];
    expect(handedOn(110, 1, ...timer)).toMatchObject({ wokenBy: 'process', waker: 'thread-101' });
    const packet = [sleep(0, 101, 'epoll_wait'), waking(10, 101, 'softirq')];
    expect(handedOn(110, 1, ...packet, ...timer)).toMatchObject({ wokenBy: 'process' });
  });

  it('a process that a packet has woken, or a timeout that is not recorded: as it', () => {
    expect(handedOn(110, 1, send(0, 101), waking(100, 101, 'softirq'))).toMatchObject({
      wokenBy: 'packet',
      call: null,
    });
  });

  it('through several processes and back, as long as it is soon after the packet', () => {
    const records = [sleep(0, 100, 'epoll_wait'), waking(10, 100, 'softirq')];
    const hops = [100, 110, 120, 110, 100];
    for (const [index, tid] of hops.slice(1).entries()) {
      const ms = 10 + 300 * (index + 1);
      records.push(sleep(ms - 200, tid, 'epoll_wait'), waking(ms, tid, 'task', hops[index] ?? 0));
    }
    const found = stretches(...records);
    const why = (tid: number): unknown[] =>
      found.filter((one) => one.tid === tid).flatMap(({ wokenBy, timesMs }) => [wokenBy, ...timesMs]);
    expect(why(110)).toEqual(['packet', 310, 910]);
    expect(why(120)).toEqual(['packet', 610]);
    expect(why(100)).toEqual(['packet', 10, 'process', 1210]);
  });

  it('its own timer, however often it is handed something in between', () => {
    const records = [0, 1, 2].flatMap((beat) => {
      const ms = 1000 * beat;
      return [
        sleep(ms, 101, 'epoll_wait'),
        sleep(ms, 110, 'epoll_wait', 900),
        waking(ms + 300, 101, 'softirq'),
        waking(ms + 301, 110, 'task', 101),
        sleep(ms + 302, 110, 'epoll_wait', 598),
        waking(ms + 900.1, 110),
      ];
    });
    expect(stretches(...records).filter(({ tid }) => tid === 110)).toMatchObject([
      { wokenBy: 'packet', timesMs: [301, 1301, 2301] },
      { wokenBy: 'timer', timesMs: [900.1, 1900.1, 2900.1] },
    ]);
  });
});
