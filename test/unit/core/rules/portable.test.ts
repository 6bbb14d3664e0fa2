import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';
import { Scene } from '../../support/evidence.ts';
import { LOW_CPU, NO_NETWORK, NO_SPAWN, ruleOf } from '../../support/packs.ts';

/** A target whose CPU time stood still, in a namespace in which nothing happened, as the portable collectors tell it. */
function portable(): Scene {
  const scene = new Scene();
  scene.evidence.run.collectors = 'portable';
  scene.evidence.counters = [];
  for (const name of ['cpu', 'memory', 'processes', 'sockets'] as const)
    scene.report(name, { tier: 'sampled' });
  return scene.report('wakeups', { status: 'unavailable' });
}

function judged(rules: RulePack, acceptSampledMs: number | null): RuleResult {
  const [result] = judge(portable().evidence, [rules], { strict: false, acceptSampledMs });
  if (result === undefined) throw new Error('nothing was judged');
  return result;
}

describe('evidence of the portable collectors', () => {
  it.each([
    ['network', NO_NETWORK],
    ['processes', NO_SPAWN],
    ['CPU', LOW_CPU],
  ])('proves nothing about %s by a CPU time that stands still', (_, rules) => {
    expect(judged(rules, null).verdict).toBe('inconclusive');
  });

  it.each([
    ['network', NO_NETWORK],
    ['processes', NO_SPAWN],
  ])('carries an absence of %s where sampling is accepted', (_, rules) => {
    expect(judged(rules, 1_000)).toMatchObject({ verdict: 'pass', tier: 'sampled', acceptedSeconds: 1 });
  });

  it.each([
    ['sends', { op: 'send' }],
    ['receives', { op: 'receive' }],
    ['datagrams', { protocol: 'udp' }],
  ])('says nothing about %s, which they never see, accepted or not', (_, match) => {
    const rules = ruleOf({ kind: 'absence', activity: 'network', match });
    expect(judged(rules, 1_000)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('not seen by sampling'),
    });
  });

  it.each(['network.bytesSent', 'network.bytesReceived', 'wakeups.rate'])('has no value for %s', (metric) => {
    const expected = metric === 'wakeups.rate' ? { mean: '< 20' } : { sum: '< 1kB' };
    expect(judged(ruleOf({ kind: 'threshold', metric, expect: expected }), 1_000).verdict).toBe(
      'inconclusive',
    );
  });

  it('does not accept that the CPU time of what was not seen is none', () => {
    expect(judged(LOW_CPU, 1_000)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('lost CPU time adds up'),
    });
  });
});
