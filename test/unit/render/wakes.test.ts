import { describe, expect, it } from 'vitest';
import { EARLIER_CALL } from '../../../src/model/wake.ts';
import type { ProofWakes } from '../../../src/model/proof.ts';
import { sleepOf, wakesLine } from '../../../src/render/wakes.ts';

const TICKS: ProofWakes = {
  pid: 100,
  thread: 'redis-server',
  call: 'epoll_wait',
  timeoutSeconds: 0.1,
  timeoutIs: 'asked',
  wokenBy: 'timer',
  waker: null,
  count: 600,
  perMinute: 600,
  intervalSeconds: null,
  sampledShare: 1,
  atLeast: false,
};

describe('the call that a thread sleeps in', () => {
  it.each<[Partial<ProofWakes>, string]>([
    [{}, 'epoll_wait 100 ms'],
    [{ timeoutSeconds: 0.4992, timeoutIs: 'measured' }, 'epoll_wait about 500 ms'],
    [{ timeoutSeconds: null, timeoutIs: null }, 'epoll_wait'],
    [{ call: null, timeoutSeconds: null, timeoutIs: null }, 'an unknown call'],
    [{ call: EARLIER_CALL, timeoutSeconds: null, timeoutIs: null }, 'a call that began before the recording'],
  ])('%j', (fields, words) => {
    expect(sleepOf({ ...TICKS, ...fields })).toBe(words);
  });
});

describe('a line of wakes', () => {
  it.each<[Partial<ProofWakes>, string]>([
    [{}, 'redis-server: epoll_wait 100 ms, 600 a minute, by timer'],
    [
      { thread: null, wokenBy: 'mixed' },
      'several threads: epoll_wait 100 ms, 600 a minute, for several reasons',
    ],
    [
      { sampledShare: 0.1, perMinute: 12_345.6 },
      'redis-server: epoll_wait 100 ms, about 12,346 a minute, by timer',
    ],
    [{ atLeast: true }, 'redis-server: epoll_wait 100 ms, at least 600 a minute, by timer'],
    [
      { atLeast: true, sampledShare: 0.1, perMinute: 1.234 },
      'redis-server: epoll_wait 100 ms, at least about 1.2 a minute, by timer',
    ],
  ])('%j', (fields, words) => {
    expect(wakesLine({ ...TICKS, ...fields })).toBe(words);
  });
});
