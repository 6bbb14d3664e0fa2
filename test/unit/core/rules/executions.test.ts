import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';
import { at, Scene } from '../../support/evidence.ts';
import { NO_NETWORK, ruleOf } from '../../support/packs.ts';

const BASH = { name: 'bash', cmdline: 'bash -c x', exe: '/bin/bash' };
const NO_BASH = ruleOf({ kind: 'absence', activity: 'network', match: { 'process.name': 'bash' } });
const APP_MAY = ruleOf({
  kind: 'absence',
  activity: 'network',
  match: { direction: 'outbound' },
  except: [{ match: { 'process.name': 'app' }, reason: 'it may', optional: true }],
});

/** A process that runs another program from second 20 on, and so many from second 40 on that nobody knows which. */
function executing(): Scene {
  const scene = new Scene().report('trace', { tier: 'zero-miss' });
  const [process] = scene.evidence.processes;
  Object.assign(process ?? {}, {
    executions: [
      { atMs: at(20), program: BASH },
      { atMs: at(40), program: null },
    ],
  });
  return scene;
}

function only(scene: Scene, rules: RulePack): RuleResult {
  const [result] = judge(scene.evidence, [rules], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

describe('a process that executes another program', () => {
  it('acts under the name of the program that it runs at the time', () => {
    const scene = executing().network(10).network(30, { localPort: 40_001 });
    const [finding] = only(scene, NO_NETWORK).findings;
    expect(finding?.actors.map(({ pid, name }) => `${pid} ${name}`)).toEqual(['100 app', '100 bash']);
  });

  it('is one actor for as long as it runs one program', () => {
    const scene = executing().network(30).network(33, { localPort: 40_001 });
    expect(only(scene, NO_NETWORK).findings[0]?.actors).toHaveLength(1);
  });

  it('matches by the program, neither sooner nor later', () => {
    expect(only(executing().network(10), NO_BASH).findings).toEqual([]);
    expect(only(executing().network(30), NO_BASH).verdict).toBe('fail');
  });

  it('is not excused by what is allowed to the program before', () => {
    expect(only(executing().network(10), APP_MAY).findings).toEqual([]);
    expect(only(executing().network(30), APP_MAY).verdict).toBe('fail');
  });

  it('is nobody known after too many programs, which is no pass', () => {
    const result = only(executing().network(50), NO_BASH);
    expect(result).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(result.reason).toContain('process.name is not known');
  });
});
