import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Wakes } from '../../../../../src/collectors/linux/trace/wakes.ts';
import type { KernelRecord, SleepRecord } from '../../../../../src/model/kernel-record.ts';
import { EARLIER_CALL, type WakeStretch } from '../../../../../src/model/wake.ts';
import {
  exit,
  fed,
  newTask,
  parts,
  processOf,
  send,
  signal,
  sleep,
  stretches,
  waking,
} from './wake-records.ts';

const countOf = (all: readonly WakeStretch[]): number => all.reduce((sum, { count }) => sum + count, 0);

describe('who woke a thread', () => {
  it('its own timer, as redis-server wakes: the timeout that it asked for has passed', () => {
    const ticks = [0, 100.28, 200.52, 300.8].flatMap((ms) => [
      sleep(ms + 0.13, 100, 'epoll_wait', 100),
      waking(ms + 100.25, 100),
    ]);
    expect(stretches(...ticks)).toEqual([
      {
        processId: 10,
        tid: 100,
        thread: 'thread-100',
        fromMs: 100.25,
        toMs: 401.05,
        call: 'epoll_wait',
        timeoutMs: 100,
        timeoutIs: 'asked',
        wokenBy: 'timer',
        waker: null,
        count: 4,
        intervalMs: expect.closeTo(100.28, 3) as number,
        timesMs: [100.25, 200.53, 300.77, 401.05],
        sampledShare: 1,
      },
    ]);
  });

  it.each([
    ['a loop that gives or takes a millisecond is one', [1000, 999, 1000, 1001], [[1000, 4]]],
    [
      'two timers are two',
      [700, 300, 700, 301, 700],
      [
        [700, 3],
        [300, 2],
      ],
    ],
  ])('%s', (_, timeouts, expected) => {
    let ms = 0;
    const records = timeouts.flatMap((timeout) => {
      const entered = ms;
      ms += timeout + 0.2;
      return [sleep(entered, 100, 'epoll_pwait', timeout), waking(ms - 0.1, 100)];
    });
    const found = stretches(...records).map(({ timeoutMs, count }) => [timeoutMs, count]);
    expect(found).toEqual(expected);
  });

  it('a sleep whose length only a pointer tells is measured', () => {
    const records = [0, 1, 2].flatMap((beat) => [
      sleep(beat * 500, 100, 'clock_nanosleep'),
      waking(beat * 500 + 499.2, 100),
    ]);
    expect(stretches(...records)).toMatchObject([
      { call: 'clock_nanosleep', timeoutMs: 499.2, timeoutIs: 'measured', wokenBy: 'timer', count: 3 },
    ]);
  });

  it('a hard interrupt before the timeout, or without one, is no timer of the call', () => {
    expect(stretches(sleep(0, 100, 'epoll_wait', 2000), waking(350, 100))).toMatchObject([
      { call: 'epoll_wait', timeoutMs: null, wokenBy: 'interrupt' },
    ]);
    expect(stretches(sleep(0, 100, 'ppoll', 'infinite'), waking(5000, 100))).toMatchObject([
      { call: 'ppoll', timeoutMs: null, wokenBy: 'interrupt' },
    ]);
  });

  it('a packet, named after the program that was running each time', () => {
    const beats = [0, 1, 2].flatMap((beat) => [
      sleep(beat * 50, 100, 'epoll_wait', 1001),
      waking(beat * 50 + 20, 100, 'softirq', 900),
    ]);
    expect(stretches(...beats)).toMatchObject([
      { call: 'epoll_wait', timeoutMs: null, wokenBy: 'packet', waker: 'redis-cli', count: 3 },
    ]);
  });

  it.each([
    ['whoever was interrupted', [900, 901, 110]],
    ['nobody', [0, 0, 0]],
    ["the kernel's own thread for it", [15, 15, 15]],
  ])('a packet, not named after %s', (_, running) => {
    const records = running.flatMap((tid, index) => [
      sleep(index * 50, 100, 'epoll_wait', 1001),
      waking(index * 50 + 20, 100, 'softirq', tid),
    ]);
    expect(stretches(...records)).toMatchObject([{ wokenBy: 'packet', waker: null, count: 3 }]);
  });

  it('a soft interrupt when the timeout has passed is a timer', () => {
    expect(stretches(sleep(0, 100, 'poll', 500), waking(500.3, 100, 'softirq', 900))).toMatchObject([
      { timeoutMs: 500, wokenBy: 'timer', waker: null },
    ]);
  });

  it('another thread of its process, or another process', () => {
    expect(
      stretches(
        sleep(0, 100, 'futex', 'infinite'),
        waking(20, 100, 'task', 101),
        sleep(21, 100, 'futex', 'infinite'),
        waking(40, 100, 'task', 110),
        sleep(41, 100, 'futex', 'infinite'),
        waking(60, 100, 'task', 7),
      ).map(({ wokenBy, waker, call }) => [call, wokenBy, waker]),
    ).toEqual([
      ['futex', 'thread', 'thread-101'],
      ['futex', 'process', 'thread-110'],
      ['futex', 'process', 'kworker'],
    ]);
  });

  it('a signal, which the kernel records after the wake', () => {
    const records = [
      sleep(0, 100, 'epoll_wait', 2000),
      waking(350, 100, 'task', 110),
      signal(350.01, 110, 101),
      sleep(350.2, 100, 'epoll_wait', 1650),
    ];
    expect(stretches(...records)).toMatchObject([
      { call: 'epoll_wait', wokenBy: 'signal', waker: 'thread-110' },
    ]);
  });

  it('no signal to somebody else, none much later', () => {
    const woken = [sleep(0, 100, 'epoll_wait', 2000), waking(350, 100, 'task', 110)];
    expect(stretches(...woken, signal(350.01, 110, 120))).toMatchObject([{ wokenBy: 'process' }]);
    expect(stretches(...woken, signal(355, 110, 100))).toMatchObject([{ wokenBy: 'process' }]);
  });

  it('nothing but a signal ends a plain sleep early', () => {
    expect(stretches(sleep(0, 100, 'clock_nanosleep'), waking(5, 100, 'task', 901))).toMatchObject([
      { call: 'clock_nanosleep', wokenBy: 'signal', waker: 'bash' },
    ]);
  });
});

describe('which call', () => {
  it.each([
    ['it was woken from it before', [sleep(0, 100, 'poll', 'infinite'), waking(1, 100), waking(10, 100)]],
    [
      'it has done something since',
      [sleep(0, 100, 'poll', 100), waking(1, 110, 'task', 100), waking(10, 100)],
    ],
    ['it did not want to wait', [sleep(0, 100, 'epoll_wait', 0), waking(10, 100)]],
    ['its timeout is long over', [sleep(0, 100, 'epoll_wait', 10), waking(400, 100)]],
  ])('not known where %s', (_, records) => {
    expect(stretches(...records).findLast(({ tid }) => tid === 100)).toMatchObject({
      call: null,
      timeoutMs: null,
      wokenBy: 'interrupt',
    });
  });

  it.each([
    ['one that began before the recording, for its first wake', [waking(10, 100)], [EARLIER_CALL]],
    ['one that began before the recording, once', [waking(10, 100), waking(20, 100)], [EARLIER_CALL, null]],
    ['none that is known, for one that did something before', [send(5, 100), waking(10, 100)], [null]],
    [
      'none that is known, for one that woke another before',
      [waking(5, 110, 'task', 100), waking(10, 100)],
      [EARLIER_CALL, null],
    ],
    [
      'none that is known, for one that was created meanwhile',
      [newTask(1, 100, 150), waking(10, 150)],
      [null],
    ],
  ])('%s', (_, records, calls) => {
    expect(
      stretches(...records)
        .sort((a, b) => a.fromMs - b.fromMs)
        .map(({ call }) => call),
    ).toEqual(calls);
  });

  it('not one that began before the recording, after a pause: it may have been lost', () => {
    const wakes = fed([sleep(0, 100, 'poll', 100)]);
    wakes.pause();
    wakes.record(waking(100.1, 100));
    expect(wakes.take()).toMatchObject([{ call: null, count: 1 }]);
  });

  it('not known after a pause, and no interval is taken across', () => {
    const wakes = fed([sleep(0, 100, 'poll', 100), waking(100.1, 100), sleep(101, 100, 'poll', 100)]);
    wakes.pause();
    wakes.record(waking(5000, 100));
    wakes.record(sleep(5001, 100, 'poll', 100));
    wakes.record(waking(5101.1, 100));
    expect(
      wakes
        .take(0.1)
        .map(({ call, count, intervalMs, sampledShare }) => [call, count, intervalMs, sampledShare]),
    ).toEqual([
      ['poll', 2, null, 0.1],
      [null, 1, null, 0.1],
    ]);
  });
});

describe('whose', () => {
  it('a thread that came and went between two looks is of the process of the one that started it', () => {
    const wakes = new Wakes({ ...parts, processOf: (tid) => (tid === 150 ? null : processOf(tid)) });
    const records = [newTask(0, 100, 150), waking(5, 150), exit(6, 150)];
    for (const record of records) wakes.record(record);
    expect(wakes.take()).toMatchObject([{ processId: 10, tid: 150, thread: 'thread-150', count: 1 }]);
  });

  it('waits for a process that is not known yet, and tells nothing twice', () => {
    let known: number | null = null;
    const wakes = new Wakes({ ...parts, processOf: () => known });
    wakes.record(waking(5, 100));
    expect(wakes.take()).toEqual([]);
    known = 3;
    expect(wakes.take()).toMatchObject([{ processId: 3, count: 1 }]);
    expect(wakes.take()).toEqual([]);
  });

  it('nobody is told of who is not followed', () => {
    expect(stretches(sleep(0, 900, 'poll', 100), waking(100, 900))).toEqual([]);
  });

  it('a thread with ever new wakers is bounded, and all its wakes are counted', () => {
    const wakes = new Wakes({ ...parts, nameOf: (tid) => `waker-${tid}` });
    for (let tid = 1000; tid < 1500; tid += 1) wakes.record(waking(tid, 100, 'task', tid));
    const found = wakes.take();
    expect(found.length).toBeLessThanOrEqual(65);
    expect(countOf(found)).toBe(500);
    expect(found.some(({ wokenBy }) => wokenBy === 'mixed')).toBe(true);
  });

  it('a process with ever new threads is bounded, and all its wakes are counted', () => {
    const wakes = new Wakes({ ...parts, targetOf: () => 'app', processOf: () => 1 });
    for (let tid = 1000; tid < 3000; tid += 1) {
      wakes.record(waking(tid, tid));
      wakes.record(exit(tid, tid));
    }
    const found = wakes.take();
    expect(found).toHaveLength(65);
    expect(countOf(found)).toBe(2000);
    expect(found.at(-1)).toMatchObject({ tid: null, thread: null, wokenBy: 'mixed', call: null });
  });
});

/** What a thread does on its own: sleeps in a call and is woken by nobody in particular. */
const life = (tid: number) =>
  fc
    .array(
      fc.record({
        call: fc.constantFrom('epoll_wait', 'futex', 'clock_nanosleep', null),
        timeoutMs: fc.constantFrom<SleepRecord['timeoutMs'][]>(null, 'infinite', 0, 10, 100, 1000),
        sleptMs: fc.integer({ min: 0, max: 1200 }),
        context: fc.constantFrom<KernelRecord['context'][]>('hardirq', 'softirq'),
      }),
      { maxLength: 30 },
    )
    .map((beats) => {
      let ms = 0;
      return beats.flatMap(({ call, timeoutMs, sleptMs, context }) => {
        const entered = call === null ? [] : [sleep(ms, tid, call, timeoutMs)];
        ms += sleptMs + 1;
        return [...entered, waking(ms - 0.5, tid, context)];
      });
    });

describe('any records', () => {
  it('each wake is counted once, however the threads are interleaved', () => {
    fc.assert(
      fc.property(life(100), life(101), life(110), fc.array(fc.nat(2)), (one, two, three, order) => {
        const queues = [[...one], [...two], [...three]];
        const mixed: KernelRecord[] = [];
        for (const index of order) mixed.push(...(queues[index]?.splice(0, 1) ?? []));
        mixed.push(...queues.flat());
        const together = fed(mixed).take();
        const wakings = mixed.filter(({ event }) => event === 'waking').length;
        expect(countOf(together)).toBe(wakings);
        const apart = [one, two, three].flatMap((records) => fed(records).take());
        const sorted = (all: WakeStretch[]) => all.map((stretch) => JSON.stringify(stretch)).sort();
        expect(sorted(together)).toEqual(sorted(apart));
      }),
    );
  });
});
