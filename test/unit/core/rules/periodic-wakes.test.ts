import { describe, expect, it } from 'vitest';
import type { RuleResult } from '../../../../src/model/proof.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import { random } from '../periodicity/series.ts';
import { Scene, at } from '../../support/evidence.ts';
import { ruleOf } from '../../support/packs.ts';

const NO_POLLING = ruleOf({ kind: 'periodicity', metric: 'wakeups.rate' });

function only(scene: Scene, rules = NO_POLLING): RuleResult {
  const [result] = judge(scene.evidence, [rules], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

const traced = (): Scene => new Scene().report('trace', { tier: 'zero-miss' });
const every = (stepSeconds: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / stepSeconds) }, (_, index) =>
    at(from + (index + 0.5) * stepSeconds),
  );

/** Wakes in stretches of 30 s, of which the first 64 have times. */
function woken(scene: Scene, stepSeconds: number, fields: Parameters<Scene['woke']>[3] = {}): Scene {
  for (const from of [0, 30]) {
    const times = every(stepSeconds, from, from + 30);
    const first = ((times[0] ?? 0) - at(0)) / 1000;
    const last = ((times.at(-1) ?? 0) - at(0)) / 1000;
    scene.woke(first, last, times.length, { timesMs: times.slice(0, 64), ...fields });
  }
  return scene;
}

describe('periodic wakes', () => {
  it('of a timer fail, with thread, call, timeout and period', () => {
    const result = only(woken(traced(), 0.1));
    expect(result).toMatchObject({ verdict: 'fail', measured: 'every 100 ms' });
    expect(result.findings[0]?.text).toMatch(
      /^thread app \(pid 100, app\) woke by timer every 100 ms ± .*; thread app sleeps in epoll_wait with a timeout of 100 ms$/,
    );
    expect(result.findings[0]).toMatchObject({
      subject: { thread: 'app', call: 'epoll_wait' },
      period: { missed: 0 },
    });
  });

  it("that packets cause are the sender's doing", () => {
    expect(only(woken(traced(), 1, { wokenBy: 'packet', timeoutMs: null })).verdict).toBe('pass');
  });

  it.each([1, 7])('every %d s in a call that is not recorded may be timeouts and no packets', (step) => {
    const result = only(woken(traced(), step, { wokenBy: 'packet', call: null, timeoutMs: null }));
    expect(result).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(result.reason).toMatch(
      /^thread app \(pid 100\) woke every .* s by packets or by the timeout of a call that is not recorded, and nobody can tell which$/,
    );
  });

  it('at random in a call that is not recorded are packets', () => {
    const draw = random(3);
    const timesMs = Array.from({ length: 25 }, () => at(60 * draw())).sort((a, b) => a - b);
    const scene = traced().woke(1, 59, 25, { wokenBy: 'packet', call: null, timeoutMs: null, timesMs });
    expect(only(scene).verdict).toBe('pass');
  });

  it('are found in a sample as well', () => {
    expect(only(woken(traced(), 0.1, { sampledShare: 0.2 }))).toMatchObject({
      verdict: 'fail',
      expected: 'no period',
    });
  });

  it('at random are none, and the claim says up to which period', () => {
    const draw = random(3);
    const scene = traced();
    const timesMs = Array.from({ length: 25 }, () => at(60 * draw())).sort((a, b) => a - b);
    scene.woke(1, 59, 25, { fromMs: timesMs[0]!, toMs: timesMs.at(-1)!, timesMs });
    expect(only(scene)).toMatchObject({
      verdict: 'pass',
      measured: '25 wakes',
      expected: expect.stringMatching(/^no period up to [5-7](\.\d+)? s$/),
    });
  });

  it('of which most have no times leave a small claim', () => {
    const draw = random(3);
    const timesMs = Array.from({ length: 64 }, () => at(6 * draw())).sort((a, b) => a - b);
    const scene = traced().woke(0, 60, 640, { fromMs: timesMs[0]!, timesMs });
    expect(only(scene).periodsTold?.upToSeconds).toBeLessThan(2);
    expect(
      only(scene, ruleOf({ kind: 'periodicity', metric: 'wakeups.rate', period: { max: '10s' } })).verdict,
    ).toBe('inconclusive');
  });

  it('that were only recorded until another thread woke too often leave a small claim', () => {
    const scene = traced().woke(5, 25, 3, { timesMs: [at(5), at(15), at(25)] });
    scene.woke(30, 60, 9_000, { timesMs: [], sampledShare: 0.1, wokenBy: 'packet', thread: 'busy' });
    expect(only(scene).periodsTold?.upToSeconds).toBeLessThan(10);
  });
});

describe('wakes that exclude nothing', () => {
  it('none of which has a time: nothing is known of a period', () => {
    const result = only(traced().woke(0, 60, 640, { timesMs: [] }));
    expect(result).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(result.reason).toContain('too little was seen one by one');
  });

  it('of a sample too thin for four beats in a row', () => {
    const draw = random(5);
    const scene = traced();
    for (const from of [0, 30]) {
      const timesMs = Array.from({ length: 9 }, () => at(from + 5 + 0.01 * draw())).sort((a, b) => a - b);
      scene.woke(from, from + 30, 9, { fromMs: timesMs[0]!, timesMs, sampledShare: 0.01 });
    }
    expect(only(scene).verdict).toBe('inconclusive');
  });

  it('of a sample in which a thread was only recorded when packets came', () => {
    const scene = traced().woke(1, 59, 9_000, { timesMs: [], sampledShare: 0.1, wokenBy: 'packet' });
    for (let second = 1; second <= 60; second += 1) scene.sample(second, 1, { cpuNs: 1e9 + second * 1e6 });
    expect(only(scene).verdict).toBe('inconclusive');
  });

  it('while none were recorded, and one at the end that was: the looks tell that it ran all the time', () => {
    const scene = traced().woke(0, 59.9, 0, { timesMs: [], sampledShare: 0, tid: null, thread: null });
    scene.woke(59.95, 59.95, 1, { timesMs: [at(59.95)] });
    for (let second = 1; second <= 60; second += 1) scene.sample(second, 1, { cpuNs: 1e9 + second * 1e6 });
    const result = only(scene);
    expect(result.verdict).toBe('inconclusive');
    expect(result.reason).toContain("without the kernel's trace");
  });

  it('but what was not recorded before the window says nothing of it', () => {
    const scene = traced().woke(-10, 0, 0, { timesMs: [], sampledShare: 0, tid: null, thread: null });
    for (let second = 1; second <= 60; second += 1) scene.sample(second, 1, { cpuNs: 1e9 + second * 1e6 });
    woken(scene, 1, { wokenBy: 'packet', timeoutMs: null });
    scene.woke(30, 30, 1, { timesMs: [at(30)] });
    expect(only(scene)).toMatchObject({ verdict: 'pass', measured: '1 wake' });
  });

  it('nor what is shorter than the periods that a rule is about', () => {
    const draw = random(3);
    const timesMs = Array.from({ length: 64 }, () => at(6 * draw())).sort((a, b) => a - b);
    const scene = traced().woke(0, 60, 640, { fromMs: timesMs[0]!, timesMs });
    const slow = ruleOf({ kind: 'periodicity', metric: 'wakeups.rate', period: { min: '5s' } });
    expect(only(scene, slow)).toMatchObject({ verdict: 'inconclusive', findings: [] });
  });
});

describe('wakes that nobody could tell one by one', () => {
  it('say nothing of any period', () => {
    const scene = traced().woke(0, 60, 640, {
      tid: null,
      thread: null,
      call: null,
      wokenBy: 'mixed',
      timesMs: [],
    });
    expect(only(scene)).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('a process that does not sleep', () => {
  /** It runs at each look, and more. */
  const busy = (scene: Scene, untilSeconds = 60): Scene => {
    for (let second = 0; second <= 60; second += 1)
      scene.sample(second, 1, { cpuNs: 1e9 + Math.min(second, untilSeconds) * 1e8 });
    return scene;
  };

  it('may poll on any beat, though a thread of it wakes now and then', () => {
    const scene = busy(traced());
    for (const second of [7.4, 30.6, 32.5]) scene.woke(second, second, 1, { timesMs: [at(second)] });
    const result = only(scene);
    expect(result).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(result.reason).toMatch(
      /^app \(pid 100\) ran at 57 of 60 looks without having been woken since the one before: it does not sleep/,
    );
  });

  it('or two wakes far apart are told as one stretch', () => {
    expect(only(busy(traced()).woke(2, 58, 2, { timesMs: [at(2), at(58)] })).verdict).toBe('inconclusive');
  });

  it('and woke too often for all times to be kept: it may have slept', () => {
    const packets = { wokenBy: 'packet' as const, timeoutMs: null };
    expect(only(woken(busy(traced()), 0.1, packets)).verdict).toBe('pass');
  });

  it('for some seconds is at work', () => {
    expect(only(busy(traced(), 10).woke(0, 0, 1, { timesMs: [at(0)] })).verdict).toBe('pass');
  });
});

describe('without the trace', () => {
  const ran = (scene: Scene, seconds: readonly number[]): Scene => {
    scene.sample(-5, 1, { cpuNs: 1e6 });
    seconds.forEach((second, index) => scene.sample(second, 1, { cpuNs: 2e6 + index * 1e6 }));
    return scene;
  };

  it('the looks at which a process ran show a beat of several seconds', () => {
    const result = only(ran(new Scene(), [4, 9, 14, 19, 24, 29, 34, 39, 44, 49, 54, 59]));
    expect(result).toMatchObject({ verdict: 'fail', measured: 'every 5 s' });
    expect(result.findings[0]?.text).toMatch(/^app \(pid 100, app\) ran every 5 s ± /);
  });

  it('a process that never ran did not poll', () => {
    expect(only(ran(new Scene(), [])).verdict).toBe('pass');
  });

  it('a process that ran at every look may have polled at any rate', () => {
    const result = only(
      ran(
        new Scene(),
        Array.from({ length: 60 }, (_, index) => index + 1),
      ),
    );
    expect(result).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(result.reason).toContain('ran at 60 of 60 looks');
  });

  it('a trace that recorded no wakes of a process that ran is as good as none', () => {
    const result = only(
      ran(
        traced(),
        Array.from({ length: 60 }, (_, index) => index + 1),
      ),
    );
    expect(result.verdict).toBe('inconclusive');
  });

  it('a trace that lost records is not relied upon', () => {
    const scene = ran(
      new Scene(),
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    scene.report('trace', { tier: 'zero-miss', lost: 5 });
    expect(only(scene).verdict).toBe('inconclusive');
  });
});
