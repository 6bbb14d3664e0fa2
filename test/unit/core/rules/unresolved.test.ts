import { describe, expect, it } from 'vitest';
import { unresolved } from '../../../../src/core/parse/unresolved-path.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import { compileMatch } from '../../../../src/core/rules/match.ts';
import type { Exception, Match } from '../../../../src/core/rules/pack.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';
import type { Verdict } from '../../../../src/model/verdict.ts';
import { Scene } from '../../support/evidence.ts';
import { ruleOf } from '../../support/packs.ts';

/** A child that came and went, recorded by the kernel with this path. */
function judged(exe: string, match: Match, except: Exception[] = []): RuleResult {
  const scene = new Scene().report('trace', { tier: 'zero-miss' });
  scene.happened(10, 'spawn', { exe, collector: 'trace' });
  const rule = ruleOf({ kind: 'absence', activity: 'process', match, except });
  const [result] = judge(scene.evidence, [rule], { strict: false, acceptSampledMs: null });
  return result as RuleResult;
}

const MAY_SLEEP: Exception[] = [{ match: { exe: '/usr/bin/sleep' }, reason: 'it may', optional: true }];

describe('a program of which only is known how it was asked for', () => {
  it.each<[Match, Verdict]>([
    [{ exe: '/usr/bin/sleep' }, 'inconclusive'],
    [{ exe: '/bin/sleep' }, 'inconclusive'],
    [{ exe: '*/sleep' }, 'inconclusive'],
    [{ 'exe|endswith': '/curl' }, 'inconclusive'],
    [{ 'exe|startswith': '/bin/' }, 'inconclusive'],
    [{ 'exe|contains': 'unresolved' }, 'inconclusive'],
    [{ 'exe|re': '^/bin/' }, 'inconclusive'],
    [{ exe: '*' }, 'fail'],
    [{ 'exe|exists': true }, 'fail'],
    [{ op: 'spawn' }, 'fail'],
    [{ exe: null }, 'pass'],
    [{ op: 'exit', exe: '/usr/bin/sleep' }, 'pass'],
  ])('breaks a rule about paths only where any path does: %j', (match, verdict) => {
    const result = judged(unresolved('/bin/sleep'), match);
    expect(result.verdict).toBe(verdict);
    if (verdict === 'inconclusive') expect(result.reason).toContain('exe is not wholly known');
  });

  it('is excused by no path, for it may be another', () => {
    expect(judged(unresolved('/usr/bin/sleep'), { op: 'spawn' }, MAY_SLEEP).verdict).toBe('fail');
    expect(judged('/usr/bin/sleep', { op: 'spawn' }, MAY_SLEEP).verdict).toBe('pass');
  });

  it('is shown as such where it is found', () => {
    expect(judged(unresolved('/bin/sleep'), { op: 'spawn' }).findings).toMatchObject([
      { subject: { exe: '/bin/sleep (unresolved)' } },
    ]);
  });

  it('is one of programs only: a column of the app’s own may end so', () => {
    const { activities } = new Scene().row(1, 'run', { data: { path: unresolved('/bin/sleep') } }).evidence;
    const test = (match: Match): unknown => compileMatch('event', match).test(activities[0]!, null);
    expect(test({ 'data.path': '/bin/sleep' })).toBe('no');
    expect(test({ 'data.path|startswith': '/bin/sleep' })).toBe('yes');
  });
});
