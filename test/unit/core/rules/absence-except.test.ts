import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import { Scene } from '../../support/evidence.ts';
import { pack, ruleOf } from '../../support/packs.ts';
import { cautionsOf } from '../../../../src/core/rules/warnings.ts';
import { only, PLAIN } from '../../support/judged.ts';

const excepting = (except: Record<string, unknown>): RulePack =>
  ruleOf({
    kind: 'absence',
    activity: 'network',
    except: [{ match: { 'remote.port': 443 }, reason: 'updates', ...except }],
  });

describe('except', () => {
  it('takes away what it allows, and says how often', () => {
    expect(only(new Scene().network(10), excepting({ every: '1m' }))).toMatchObject({
      verdict: 'pass',
      exceptions: [{ reason: 'updates', matched: 1, problem: null }],
    });
  });

  it('is a caution of the proof where it took all that there was, and was for no certain number', () => {
    const both = new Scene()
      .network(10)
      .network(20, { remote: { ip: '203.0.113.7', port: 53, process: null, target: null } });
    const [some] = only(both, excepting({ every: '1m' })).exceptions;
    expect(some).not.toHaveProperty('excusedAll');
    for (const [except, isAll] of [
      [{ every: '1m' }, true],
      [{ every: '1m', maxCount: 2 }, undefined],
    ] as const) {
      const result = only(new Scene().network(10).network(20), excepting(except));
      expect(result.exceptions).toMatchObject([{ matched: 2 }]);
      expect(result.exceptions[0]?.excusedAll).toBe(isAll);
      expect(cautionsOf([result])).toEqual(
        isAll ? ['the exception «updates» of rule (app) excused everything that there was: 2 of 2'] : [],
      );
    }
  });

  it('leaves what goes beyond its count', () => {
    const scene = new Scene().network(10).network(20).network(30);
    expect(only(scene, excepting({ every: '1m', maxCount: 2 }))).toMatchObject({
      verdict: 'fail',
      measured: '1 connect',
      exceptions: [{ matched: 3, problem: 'used 3 times, allowed 2 times' }],
    });
  });

  describe('of several targets', () => {
    const verdicts = (scene: Scene, match: Record<string, unknown>, isPresent: boolean): string[] => {
      scene.target({ name: 'other' }).process({ id: 2, pid: 200, target: 'other' });
      if (!isPresent)
        scene.evidence.disturbances.push({
          fromMs: scene.window.fromMs,
          toMs: scene.window.toMs,
          target: 'other',
          kind: 'absent',
          detail: '',
        });
      return judge(scene.evidence, [excepting({ match, every: '30s' })], PLAIN).map(
        ({ target, verdict }) => `${target} ${verdict}`,
      );
    };
    const ofOther = { target: 'other', 'remote.port': 443 };

    it('is not held against those that it is not about', () => {
      expect(verdicts(new Scene(), ofOther, true)).toEqual(['app pass', 'other fail']);
      expect(verdicts(new Scene(), ofOther, false)).toEqual(['app pass', 'other inconclusive']);
    });

    it('is not called needless while one that may need it was not there', () => {
      const match = { 'remote.port': 443 };
      expect(verdicts(new Scene(), match, true)).toEqual(['app fail', 'other fail']);
      expect(verdicts(new Scene(), match, false)).toEqual(['app pass', 'other inconclusive']);
    });
  });

  it('fails when it was not used in a window of twice its period, fully covered', () => {
    expect(only(new Scene(), excepting({ every: '30s' }))).toMatchObject({
      verdict: 'fail',
      measured: '0',
      findings: [
        {
          kind: 'exception',
          text: 'The exception «updates» of rule (app): not used, although expected every 30s: remove it',
        },
      ],
    });
  });

  it('is only reported when the window could not tell', () => {
    expect(only(new Scene(), excepting({ every: '31s' }))).toMatchObject({
      verdict: 'pass',
      exceptions: [{ matched: 0, problem: 'not used; only 62 s would tell' }],
    });
    expect(only(new Scene().gap(10, 12), excepting({ every: '30s' }))).toMatchObject({
      verdict: 'pass',
      exceptions: [{ problem: 'not used; the window was not fully covered' }],
    });
  });

  it('need not be used when it is optional, or used by another target', () => {
    expect(only(new Scene(), excepting({ optional: true })).verdict).toBe('pass');
    const scene = new Scene().target({ name: 'other' }).network(10, { target: 'other' });
    const results = judge(scene.evidence, [excepting({ every: '30s' })], PLAIN);
    expect(results.find(({ target }) => target === 'app')?.verdict).toBe('pass');
  });

  it('excuses nothing and fails once its day is over', () => {
    // The window closes on 2023-11-14 in UTC.
    expect(only(new Scene().network(10), excepting({ optional: true, expires: '2023-11-14' })).verdict).toBe(
      'pass',
    );
    const result = only(new Scene().network(10), excepting({ optional: true, expires: '2023-11-13' }));
    expect(result).toMatchObject({ verdict: 'fail', exceptions: [{ problem: 'expired on 2023-11-13' }] });
    expect(result.findings.map(({ kind }) => kind)).toEqual(['absence', 'exception']);
  });

  it('excuses nothing in a window that ends after its day, whenever it happened', () => {
    // From 22:13:20 of that day to a minute and a half after midnight, in UTC.
    const scene = new Scene(6_490).network(10);
    const result = only(scene, excepting({ optional: true, expires: '2023-11-14' }));
    expect(result).toMatchObject({ verdict: 'fail', exceptions: [{ problem: 'expired on 2023-11-14' }] });
    expect(result.findings.map(({ kind }) => kind)).toEqual(['absence', 'exception']);
  });

  it('of a pack is gone before any rule counts, and complained of once', () => {
    const shared = pack({
      except: [{ activity: 'network', match: { 'remote.port': 443 }, reason: 'updates', every: '10s' }],
      rules: [
        { id: 'warned', kind: 'absence', activity: 'network', severity: 'warn' },
        { id: 'quiet', kind: 'absence', activity: 'network' },
        { id: 'cpu', kind: 'threshold', metric: 'cpu.percent', expect: { mean: '< 1' } },
      ],
    });
    const options = { strict: false, acceptSampledMs: null };
    const used = judge(new Scene().network(10).evidence, [shared], options);
    expect(used.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
    const unused = judge(new Scene().evidence, [shared], options);
    expect(unused.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'pass']);
  });
});
