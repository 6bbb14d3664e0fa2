import { describe, expect, it } from 'vitest';
import { at, Scene } from '../../support/evidence.ts';
import { LOW_CPU, ruleOf } from '../../support/packs.ts';
import { ACCEPTING, busy, only } from '../../support/judged.ts';

describe('inconclusive: a limit that only a lower bound keeps', () => {
  it('CPU time that was only sampled, where a thread ended; not where nothing did', () => {
    const scene = new Scene().report('cpu', { tier: 'sampled' });
    expect(only(scene, LOW_CPU).verdict).toBe('pass');
    scene.sample(20, 1, { cpuNs: 1e9 + 3e6, threads: 1 });
    const result = only(scene, LOW_CPU);
    expect(result.verdict).toBe('inconclusive');
    expect(result.measured).toBe('mean at least 0.005 %, p95 at least 0 %');
    expect(only(scene, LOW_CPU, ACCEPTING)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('CPU time of a process that ended without a parent that counts it', () => {
    const scene = new Scene().process({ id: 2, pid: 101 }).happened(30, 'exit');
    expect(only(scene, LOW_CPU).reason).toContain('ended; what it used after the last look is not counted');
  });

  it('wakeups, when a thread ended and tasks were created unseen', () => {
    const rules = ruleOf({ kind: 'threshold', metric: 'wakeups.rate', expect: { mean: '< 20' } });
    const ended = busy().sample(20, 1, { threads: 1 });
    expect(only(ended, rules).verdict).toBe('pass');
    expect(only(ended.forked(20, 2), rules).verdict).toBe('inconclusive');
    expect(only(busy().forked(20, 2), rules).verdict).toBe('inconclusive');
  });

  it('wakeups, when the trace told of more than ended threads left in the counters, whatever is accepted', () => {
    const rules = ruleOf({ kind: 'threshold', metric: 'wakeups.rate', expect: { mean: '< 20' } });
    const ended = busy().report('wakeups', { tier: 'sampled' }).report('trace', { tier: 'zero-miss' });
    expect(only(ended, rules).verdict).toBe('pass');
    const woken = ended.woke(1, 50, 4000);
    expect(only(woken, rules)).toMatchObject({ verdict: 'inconclusive' });
    const accepting = ruleOf({
      kind: 'threshold',
      metric: 'wakeups.rate',
      expect: { mean: '< 20' },
      acceptSampled: '1s',
    });
    expect(only(woken, accepting).reason).toContain('the trace told of 4,000 wakes');
  });

  it.each(['cpu.seconds', 'io.writtenBytes'])(
    '%s, when tasks were created unseen: who waits for them is not known',
    (metric) => {
      const rules = ruleOf({
        kind: 'threshold',
        metric,
        expect: { sum: metric === 'cpu.seconds' ? '< 5s' : '< 5MB' },
      });
      expect(only(busy(), rules).verdict).toBe('pass');
      expect(only(busy().forked(20, 1), rules).reason).toContain('is not counted');
    },
  );

  it('a limit that a lower bound breaks is broken', () => {
    const scene = new Scene().report('cpu', { tier: 'sampled' }).sample(20, 1, { cpuNs: 9e9 });
    expect(only(scene, LOW_CPU).verdict).toBe('fail');
  });
});

describe('a stranger that may belong to the target', () => {
  const rules = ruleOf({ kind: 'absence', activity: 'process', match: { op: 'spawn' }, acceptSampled: '1s' });
  const orphan = { pid: 7, name: 'sleep', cmdline: 'sleep 9', reason: 'it appeared' };
  const scene = (appeared: boolean): Scene =>
    new Scene()
      .sample(20, 1, { cpuNs: 1e9 + 1e6 })
      .forked(20, 2)
      .target({ orphans: [{ ...orphan, appeared }] });

  it('lived longer than what was accepted', () => {
    expect(only(scene(false), rules).verdict).toBe('pass');
    expect(only(scene(true), rules)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('sleep (pid 7) may belong to it'),
    });
  });
});

describe('CPU time that is lost', () => {
  it('adds up, and cannot be accepted', () => {
    const rules = ruleOf({
      kind: 'threshold',
      metric: 'cpu.percent',
      expect: { mean: '< 5' },
      acceptSampled: '1s',
    });
    const scene = new Scene().sample(20, 1, { cpuNs: 1e9 + 1e6 }).forked(20, 2);
    expect(only(scene, rules).verdict).toBe('pass');
    expect(only(scene.report('cpu', { tier: 'sampled' }), rules).verdict).toBe('inconclusive');
  });

  const sums: [string, ReturnType<typeof ruleOf>][] = [
    { metric: 'cpu.percent', expect: { mean: '< 5' } },
    { metric: 'io.writtenBytes', expect: { sum: '< 1MB' } },
  ].map((of) => [of.metric, ruleOf({ kind: 'threshold', acceptSampled: '1s', ...of })]);
  /** Came and went between two looks, told by the trace; created by the process with that id. */
  const brief = (
    scene: Scene,
    id: number,
    parentId: number | null,
    fields: { isSibling?: true } = {},
  ): Scene =>
    scene
      .process({ id, pid: 100 + id, name: 'job', parentId, membership: 'child', ...fields }, 20, null)
      .happened(20, 'spawn', { processId: id, atMs: at(20.2) })
      .happened(20, 'exit', { processId: id, atMs: at(20.5 + id / 100) });

  it.for(sums)('is known where nobody who is watched waits for a process: %s', ([, rule]) => {
    // By its parent, which was looked at, it is counted.
    expect(only(brief(new Scene().sample(0, 1, { reapedCpuNs: 0 }), 2, 1), rule)).toMatchObject({
      verdict: 'pass',
      measured: expect.stringContaining('at least'),
    });
    const lost = [
      brief(new Scene(), 2, null),
      brief(new Scene(), 2, 1, { isSibling: true }),
      // Of whom the parent was gone before, too.
      brief(brief(new Scene(), 2, 1), 3, 2),
    ];
    for (const scene of lost)
      expect(only(scene, rule)).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('adds up, however short each life, so that it cannot be accepted'),
      });
    expect(only(brief(brief(new Scene(), 2, null), 3, null), rule).reason).toContain(
      'job (pid 102) ended; what it used is not counted, nor that of 1 other for whom nobody waited who is watched',
    );
  });
});

describe('a port that is opened and closed between two looks', () => {
  it('is counted nowhere, so that only a target that did not run opened none', () => {
    const rules = ruleOf({ kind: 'absence', activity: 'network', match: { op: 'listen' } });
    expect(only(new Scene(), rules).verdict).toBe('pass');
    expect(only(new Scene().sample(20, 1, { cpuNs: 1e9 + 1e6 }), rules).verdict).toBe('inconclusive');
  });
});
