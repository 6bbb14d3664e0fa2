import { describe, expect, it } from 'vitest';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { STILL } from '../../../../../src/core/examples/counters.ts';
import { Scene } from '../../../support/evidence.ts';
import { ruleOf } from '../../../support/packs.ts';

const NAMESPACE = 'network:4026531840';

/** A trace that saw everything that processes did, and the namespace's count at the window's edges. */
const traced = (...keepalives: number[]): Scene => {
  const scene = new Scene().report('trace', { tier: 'zero-miss' });
  for (const [index, tcpKeepAlives] of keepalives.entries()) {
    scene.counters([0, 60][index] ?? 61, NAMESPACE, { ...STILL, tcpKeepAlives });
  }
  return scene;
};
const judged = (scene: Scene, op: unknown): RuleResult | undefined =>
  judge(scene.evidence, [ruleOf({ kind: 'absence', activity: 'network', match: { op } })], {
    strict: false,
    acceptSampledMs: null,
  })[0];

describe('a rule that names keepalives', () => {
  it('passes where the network namespace counted none, by that count', () => {
    expect(judged(traced(7, 7), 'keepalive')).toMatchObject({ verdict: 'pass', tier: 'counter' });
    expect(judged(traced(7, 7), ['send', 'keepalive'])).toMatchObject({ verdict: 'pass', tier: 'counter' });
  });

  it('has no pass where it counted some, whatever a trace has not seen', () => {
    expect(judged(traced(7, 9), 'keepalive')).toMatchObject({
      verdict: 'inconclusive',
      reason: '2 keepalives left this network namespace, and nobody can say for whom all of them were',
    });
  });

  it('has no pass where nobody counted', () => {
    const reason = 'keepalives were not counted in the network namespace of app';
    expect(judged(traced(), 'keepalive')).toMatchObject({ verdict: 'inconclusive', reason });
    expect(judged(traced(7), 'keepalive')).toMatchObject({ verdict: 'inconclusive', reason });
    const elsewhere = traced(7, 7);
    for (const process of elsewhere.evidence.processes) process.networkScope = null;
    expect(judged(elsewhere, 'keepalive')).toMatchObject({ verdict: 'inconclusive', reason });
  });

  it('fails where a connection was kept alive', () => {
    expect(judged(traced(7, 9).network(30, { op: 'keepalive' }), 'keepalive')).toMatchObject({
      verdict: 'fail',
      measured: '1 keepalive',
    });
  });
});

describe('a rule that does not name them', () => {
  it('is not concerned', () => {
    const scene = traced(7, 9).network(30, { op: 'keepalive' });
    expect(judged(scene, ['connect', 'send'])).toMatchObject({ verdict: 'pass', tier: 'zero-miss' });
  });
});
