import { describe, expect, it } from 'vitest';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { Scene } from '../../../support/evidence.ts';
import { seeded } from '../../../support/noise.ts';
import { ruleOf } from '../../../support/packs.ts';

const GROWTH = { kind: 'trend', metric: 'memory.pss', expect: { slope: '< 1MB/h' } };

function only(scene: Scene, rule: Record<string, unknown> = GROWTH): RuleResult {
  const [result] = judge(scene.evidence, [ruleOf(rule)], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

/** A process that runs at every look, and whose memory is read at each `every`th. */
function levels(seconds: number, level: (second: number) => number, every = 1): Scene {
  const scene = new Scene(seconds);
  for (let second = 0; second <= seconds; second += 1) {
    const pssBytes = second % every === 0 ? { pssBytes: level(second) } : {};
    scene.sample(second, 1, { cpuNs: 1e9 + second * 1e6, ...pssBytes });
  }
  return scene;
}

describe('a trend', () => {
  it('passes where the interval lies below the limit, a quiet stretch included', () => {
    expect(only(new Scene())).toMatchObject({
      verdict: 'pass',
      measured: 'slope 0 B/h (-249.9 kB/h to 249.9 kB/h, 99 %)',
      expected: 'slope < 1MB/h',
    });
  });

  it('fails a leak, and says who', () => {
    const result = only(levels(60, (second) => 10e6 + second * 1e6));
    expect(result).toMatchObject({ verdict: 'fail', tier: 'sampled' });
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]).toMatchObject({
      subject: { metric: 'memory.pss', aggregate: 'slope' },
      text: 'app: slope of memory.pss is 3.6 GB/h (3.6 GB/h to 3.6 GB/h, 99 %), expected < 1MB/h; mostly app (pid 100)',
    });
  });

  it('fails whatever the coverage, since what was seen grew', () => {
    expect(only(levels(60, (second) => second * 1e6).gap(10, 20)).verdict).toBe('fail');
    expect(
      only(
        levels(60, (second) => second * 1e6),
        { ...GROWTH, minDuration: '5m' },
      ).verdict,
    ).toBe('fail');
  });

  it('cannot tell a small leak from the noise of a short window, and says where it may lie', () => {
    const noise = seeded(3);
    const result = only(levels(60, () => 10e6 + 1e5 * noise.normal()));
    expect(result.verdict).toBe('inconclusive');
    expect(result.reason).toMatch(/^the interval reaches from -\d.* to \d.*MB\/h$/);
  });

  it('needs readings, not looks: what was only taken over tells nothing', () => {
    const seldom = levels(60, (second) => second * 1e6, 10);
    expect(only(seldom)).toMatchObject({
      verdict: 'inconclusive',
      measured: 'unknown',
      reason: '6 readings in 50 s are too few for a trend: it takes 10',
    });
    expect(only(levels(120, (second) => second * 1e6, 10)).verdict).toBe('fail');
  });

  it('takes what was not told for long to be what it was, and no sooner', () => {
    // It runs on, and nothing new was told of its memory: it was read every 20 s at least.
    const flat = (seconds: number): Scene => levels(seconds, () => 10e6, 1000);
    expect(only(flat(60)).reason).toContain('are too few');
    expect(only(flat(300)).verdict).toBe('pass');
  });

  it('leaves out what others did to the level of a process that did not run', () => {
    const scene = new Scene(300).sample(250, 1, { pssBytes: 12e6 });
    expect(only(scene)).toMatchObject({ verdict: 'pass' });
    const ran = new Scene(300).sample(240, 1, { cpuNs: 2e9 }).sample(250, 1, { pssBytes: 12e6 });
    expect(only(ran).verdict).toBe('inconclusive');
  });

  it('leaves out nothing that children gave back to the process that they shared pages with', () => {
    // It grows by 1 MB a minute, and each time it starts a child, which shares its pages until it ends while the process sleeps.
    const scene = new Scene(3600);
    for (let minute = 1; minute < 60; minute += 1) {
      const [grown, child] = [(100 + minute) * 1e6, minute + 1];
      scene
        .sample(minute * 60, 1, { cpuNs: 1e9 + minute * 1e6, pssBytes: grown / 2 })
        .process({ id: child, pid: 100 + child, parentId: 1 }, minute * 60, { pssBytes: grown / 2 })
        .happened(minute * 60 + 20, 'exit', { processId: child })
        .sample(minute * 60 + 30, 1, { pssBytes: grown });
    }
    expect(only(scene).verdict).toBe('fail');
  });

  it('takes neither a step nor a start that dies down for a leak', () => {
    const step = only(levels(60, (second) => (second < 30 ? 10e6 : 60e6)));
    expect(step.verdict).toBe('inconclusive');
    const start = only(levels(60, (second) => 60e6 * (1 - Math.exp(-second / 3))));
    expect(start.verdict).toBe('inconclusive');
  });

  it('passes no leak that began late', () => {
    const began = (at: number, perSecond: number): Scene =>
      levels(300, (second) => 50e6 + Math.max(0, second - at) * perSecond);
    // 24 MB an hour in the last 15 s, and a megabyte at the last look: more than 1 MB an hour over all of the window.
    expect(only(began(285, 6_700))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('its end by itself lies beyond it') as unknown,
    });
    expect(only(began(299, 1e6)).verdict).toBe('inconclusive');
    expect(only(began(285, 100)).verdict).toBe('pass');
    const least = { ...GROWTH, expect: { slope: '> -1MB/h' } };
    expect(only(began(285, -6_700), least).verdict).toBe('inconclusive');
    expect(only(began(285, 6_700), least).verdict).toBe('pass');
  });

  it('passes no leak that what was given back before hides', () => {
    const turn = (at: number): Scene =>
      levels(300, (second) => 50e6 - 5_000 * second + Math.max(0, second - at) * 10_000);
    expect(only(turn(180))).toMatchObject({ verdict: 'inconclusive' });
    expect(only(turn(300))).toMatchObject({ verdict: 'pass' });
  });

  it('passes a level that breathes about as often as without a look at its end', () => {
    const noise = seeded(11);
    let passed = 0;
    for (let run = 0; run < 100; run += 1) {
      const values = noise.wandering(301, 0).map((value) => 500e6 + 3e4 * value);
      if (only(levels(300, (second) => values[second] ?? 0)).verdict === 'pass') passed += 1;
    }
    expect(passed).toBeGreaterThanOrEqual(95);
  });

  it('excludes no leak that is smaller than what can be read', () => {
    const files = (slope: string): RuleResult =>
      only(new Scene(), { kind: 'trend', metric: 'files.open', expect: { slope } });
    expect(files('< 100/h').verdict).toBe('pass');
    expect(files('< 60/h')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the interval reaches from -61.02/h to 61.02/h',
    });
  });

  it('is inconclusive where the level is not known', () => {
    expect(only(new Scene().without('memory')).verdict).toBe('inconclusive');
    expect(only(new Scene().gap(10, 20)).verdict).toBe('inconclusive');
    expect(only(new Scene().disturbed(10, 20, 'frozen')).verdict).toBe('inconclusive');
    expect(
      only(new Scene().process({ id: 2, pid: 101, name: 'unread' }, -5, { pssBytes: undefined } as never))
        .verdict,
    ).toBe('inconclusive');
    expect(only(new Scene(), { ...GROWTH, minDuration: '5m' })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the window lasted 60 s, and the rule needs 5 min',
    });
  });

  it('may ask that a level falls', () => {
    const falls = { kind: 'trend', metric: 'memory.pss', expect: { slope: '< -1MB/m' } };
    expect(
      only(
        levels(60, (second) => 900e6 - second * 1e6),
        falls,
      ).verdict,
    ).toBe('pass');
    expect(only(new Scene(), falls).verdict).toBe('fail');
    const rises = { kind: 'trend', metric: 'memory.pss', expect: { slope: '> 1MB/m' } };
    expect(
      only(
        levels(60, (second) => second * 1e6),
        rises,
      ).verdict,
    ).toBe('pass');
    expect(
      only(
        levels(60, (second) => 900e6 - second * 1e6),
        rises,
      ).verdict,
    ).toBe('fail');
  });

  it('fails noise no more often than alpha says, at a level that wanders too', () => {
    for (const kept of [0, 0.9, 1]) {
      const noise = seeded(kept * 100 + 7);
      let failed = 0;
      for (let run = 0; run < 200; run += 1) {
        const values = noise.wandering(61, kept).map((value) => 500e6 + 1e6 * value);
        const rule = { ...GROWTH, alpha: 0.05, expect: { slope: '< 1B/h' } };
        if (
          only(
            levels(60, (second) => values[second] ?? 0),
            rule,
          ).verdict === 'fail'
        )
          failed += 1;
      }
      // 5 % are 10; three standard deviations of chance more are 19.
      expect(failed, `noise that keeps ${kept}`).toBeLessThanOrEqual(19);
    }
  });
});
