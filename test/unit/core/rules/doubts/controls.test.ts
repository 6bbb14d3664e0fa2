import { describe, expect, it } from 'vitest';
import { uncaught } from '../../../../../src/core/rules/doubts/controls.ts';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../../src/core/rules/pack.ts';
import type { ControlEvidence } from '../../../../../src/model/control.ts';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { at, Scene } from '../../../support/evidence.ts';
import { NO_NETWORK, ruleOf } from '../../../support/packs.ts';

const NAMESPACE = 'network:4026531840';
const TCP = { name: 'tcp', atMs: at(20), port: 1111, pid: null, networkScope: NAMESPACE } as const;
const UDP = { ...TCP, name: 'udp', port: 2222 } as const;
const CHILD = { ...TCP, name: 'process', port: null, pid: 4711 } as const;

function planted(scene: Scene, controls: Partial<ControlEvidence>): Scene {
  scene.evidence.controls = { planted: [], failures: [], seen: [], ...controls };
  return scene;
}
const judged = (scene: Scene, pack: RulePack): RuleResult | undefined =>
  judge(scene.evidence, [pack], { strict: false, acceptSampledMs: null })[0];

describe('what the watchdog planted and nobody saw', () => {
  it('is said of what a rule is about, by whom it rests on', () => {
    const scene = planted(new Scene(), { planted: [TCP, UDP, CHILD] });
    expect(uncaught(scene, 'network', 'trace')).toEqual([
      'the watchdog planted TCP connections to itself, and the trace did not show them',
      'the watchdog planted datagrams to itself, and the trace did not show them',
    ]);
    expect(uncaught(scene, 'process', 'counters')).toEqual([
      'the watchdog planted a child process, and the counters did not show them',
    ]);
    expect(uncaught(scene, 'event', 'trace')).toEqual([]);
  });

  it('is also what could not be planted, with the reason', () => {
    const failures = [{ name: 'process' as const, atMs: at(20), reason: 'no more processes' }];
    const scene = planted(new Scene(), { failures });
    expect(uncaught(scene, 'process', 'trace')).toEqual([
      'the watchdog could not plant a child process, so nobody knows whether they would have been seen (no more processes)',
    ]);
  });

  it('is nothing where nothing was ever to be planted', () => {
    expect(uncaught(new Scene(), 'network', 'trace')).toEqual([]);
  });

  it('keeps a trace from carrying a pass', () => {
    const busy = (): Scene =>
      new Scene().sample(20, 1, { cpuNs: 1.1e9 }).report('trace', { tier: 'zero-miss' });
    expect(judged(busy(), NO_NETWORK)).toMatchObject({ verdict: 'pass', tier: 'zero-miss' });
    const { verdict, tier } = judged(planted(busy(), { planted: [TCP, UDP] }), NO_NETWORK)!;
    expect([verdict, tier]).not.toEqual(['pass', 'zero-miss']);
  });

  it('keeps still counters from carrying one, where the target ran', () => {
    const ran = new Scene().sample(20, 1, { cpuNs: 1.1e9 });
    expect(judged(ran, NO_NETWORK)?.verdict).toBe('pass');
    expect(judged(planted(ran, { planted: [TCP, UDP] }), NO_NETWORK)?.verdict).toBe('inconclusive');
    expect(judged(planted(new Scene(), { planted: [TCP, UDP] }), NO_NETWORK)?.verdict).toBe('pass');
  });

  it('keeps a trace from carrying numbers of the network, too', () => {
    const silent = ruleOf({ kind: 'threshold', metric: 'network.connections', expect: { sum: '< 1' } });
    const busy = (): Scene =>
      new Scene().sample(20, 1, { cpuNs: 1.1e9 }).report('trace', { tier: 'zero-miss' });
    expect(judged(busy(), silent)).toMatchObject({ verdict: 'pass', tier: 'zero-miss' });
    expect(judged(planted(busy(), { planted: [TCP, UDP] }), silent)?.verdict).toBe('inconclusive');
  });

  it('keeps a trace from telling that there was no other trigger', () => {
    const rule = ruleOf({
      kind: 'deadline',
      metric: 'memory.pss',
      after: { activity: 'network', match: { op: 'accept' } },
      within: '30s',
      phase: 'during',
      expect: { max: '< 5GB' },
    });
    const asked = (): Scene =>
      new Scene()
        .sample(20, 1, { cpuNs: 1.1e9, pssBytes: 10e6 })
        .report('trace', { tier: 'zero-miss' })
        .network(10, { direction: 'inbound', op: 'accept' });
    expect(judged(asked(), rule)?.verdict).toBe('pass');
    expect(judged(planted(asked(), { planted: [TCP, UDP] }), rule)?.verdict).toBe('inconclusive');
  });
});
