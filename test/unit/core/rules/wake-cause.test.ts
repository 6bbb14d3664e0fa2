import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { Finding } from '../../../../src/model/proof.ts';
import { Scene } from '../../support/evidence.ts';
import { ruleOf } from '../../support/packs.ts';

/** A finding about wakeups, in a scene with more of them than are allowed. */
function finding(scene: Scene, metric = 'wakeups.rate', expect_ = { mean: '< 0.001' }): Finding {
  const rule = ruleOf({ kind: 'threshold', metric, expect: expect_ });
  scene.sample(10, 1, { wakeups: 1600, cpuNs: 2e9, pssBytes: 99e6 });
  const [result] = judge(scene.evidence, [rule], { strict: false, acceptSampledMs: null });
  const [found] = result?.findings ?? [];
  if (found === undefined) throw new Error('expected a finding');
  return found;
}

const why = (scene: Scene): string => finding(scene).text.split('; ').slice(2).join('; ');
const PACKETS = { timeoutMs: null, timeoutIs: null, wokenBy: 'packet' } as const;

describe('a finding about wakeups or CPU', () => {
  it.each(['wakeups.rate', 'cpu.percent'])('says why it woke: %s', (metric) => {
    const { cause, text } = finding(new Scene().woke(0.1, 59.9, 600), metric);
    expect(cause).toEqual({
      wokenBy: 'timer',
      waker: null,
      share: 1,
      call: 'epoll_wait',
      timeoutSeconds: 0.1,
      thread: 'app',
      perMinute: 600,
    });
    expect(text).toMatch(
      /; mostly app \(pid 100\); thread app sleeps in epoll_wait with a timeout of 100 ms: 600 wakes a minute, all by timer$/,
    );
  });

  it('says the share where it woke for several reasons, never rounded up to all', () => {
    const scene = new Scene().woke(0.1, 59.9, 552).woke(1, 50, 48, PACKETS);
    expect(why(scene)).toBe(
      'thread app sleeps in epoll_wait with a timeout of 100 ms: 600 wakes a minute, 92 % by timer',
    );
    expect(why(new Scene().woke(0.1, 59.9, 9999).woke(1, 1, 1, PACKETS))).toContain('99 % by timer');
  });

  it.each([
    [PACKETS, 'sleeps in epoll_wait: 60 wakes a minute, all by packets'],
    [{ ...PACKETS, waker: 'curl' }, 'all by packets, probably from curl'],
    [{ wokenBy: 'thread', waker: 'pool-1' }, 'all by thread pool-1'],
    [{ wokenBy: 'process', waker: null }, 'all by another process'],
    [{ wokenBy: 'signal', waker: 'bash' }, 'all by signals from bash'],
    [
      { ...PACKETS, wokenBy: 'interrupt', call: null },
      'sleeps in an unknown call: 60 wakes a minute, all by interrupt',
    ],
    [{ call: 'select', timeoutMs: 499.7, timeoutIs: 'measured' }, 'in select with a timeout of about 500 ms'],
    [{ sampledShare: 0.1 }, ': about 600 wakes a minute, all by timer'],
  ] as const)('%j', (fields, words) => {
    expect(why(new Scene().woke(0.1, 59.9, 60, fields))).toContain(words);
  });

  it('says that it is a lower bound where the trace lost records', () => {
    expect(why(new Scene().woke(0.1, 59.9, 60).gap(30, 31, 'trace'))).toContain(
      ': at least 60 wakes a minute',
    );
  });

  it('gives the range where no timeout stands for the others', () => {
    const scene = new Scene().woke(0.1, 59.9, 60, { timeoutMs: 700 }).woke(0.1, 59.9, 50, { timeoutMs: 300 });
    expect(why(scene)).toContain('with timeouts of 300 ms to 700 ms: 110 wakes a minute');
  });

  it('rather names a timer than a call that is not known, where both have about as many wakes', () => {
    const child = { ...PACKETS, wokenBy: 'signal', waker: 'watch', call: null } as const;
    const timer = { call: 'clock_nanosleep', timeoutMs: 2000 };
    const scene = (unknown: number, fields = {}): Scene =>
      new Scene().woke(0.1, 59.9, unknown, child).woke(0.1, 59.9, 30, { ...timer, ...fields });
    expect(why(scene(35))).toBe(
      'thread app sleeps in clock_nanosleep with a timeout of 2 s: 30 wakes a minute, all by timer',
    );
    expect(why(scene(61))).toContain('in an unknown call: 61 wakes a minute');
    expect(why(scene(35, PACKETS))).toContain('in an unknown call: 35 wakes a minute');
  });

  it('names a thread of the process that the metric mostly came from', () => {
    const scene = new Scene()
      .process({ id: 2, pid: 101, name: 'helper', parentId: 1 })
      .woke(0.1, 59.9, 5000, { processId: 2, thread: 'helper' })
      .woke(0.1, 59.9, 60);
    expect(why(scene)).toContain('thread app sleeps');
  });

  it('says nothing where nothing was recorded, or the metric has nothing to do with it', () => {
    expect(finding(new Scene()).cause).toBeNull();
    expect(finding(new Scene().woke(1, 59, 600), 'memory.pss', { mean: '< 1B' }).cause).toBeNull();
  });

  it('lets no control characters of a name into the sentence', () => {
    expect(why(new Scene().woke(1, 59, 600, { thread: 'a\u001b[31m\nb' }))).not.toMatch(/[\p{Cc}]/u);
  });
});
