import { describe, expect, it } from 'vitest';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import { random } from '../../periodicity/series.ts';
import { Scene, at } from '../../../support/evidence.ts';
import { ruleOf } from '../../../support/packs.ts';

const NO_BEAT = ruleOf({ kind: 'periodicity', activity: 'network', match: { direction: 'outbound' } });

function judged(scene: Scene): RuleResult {
  const [result] = judge(scene.evidence, [NO_BEAT], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

/** Sends on one connection, told as the trace does: what comes within 0.9 s of the first one is one. */
function sent(seconds: readonly number[]): Scene {
  const scene = new Scene(60).report('trace', { tier: 'zero-miss' });
  let burst: number[] = [];
  const tell = (): void => {
    const [first, last] = [burst[0], burst.at(-1)];
    if (first === undefined || last === undefined) return;
    const lastAtMs = last > first ? { lastAtMs: at(last) } : {};
    scene.network(first, { collector: 'trace', op: 'send', localPort: 40_000, ...lastAtMs });
  };
  for (const second of seconds) {
    if (burst[0] === undefined || second - burst[0] < 0.9) {
      burst.push(second);
      continue;
    }
    tell();
    burst = [second];
  }
  tell();
  return scene;
}

function atRandom(perSecond: number, seed: number): number[] {
  const draw = random(seed);
  const seconds: number[] = [];
  for (let second = 0; second < 60; second -= Math.log(1 - draw()) / perSecond) seconds.push(second);
  return seconds;
}

const beats = (everySeconds: number, count: number): number[] =>
  Array.from({ length: count }, (_, beat) => 0.3 + beat * everySeconds);

describe('the times of activities that stand for what goes on for a while', () => {
  it.each([0.7, 1, 2, 5])('are no beat where they come at random, %d a second', (perSecond) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const result = judged(sent(atRandom(perSecond, seed)));
      expect(result).toMatchObject({ verdict: 'inconclusive', findings: [] });
      expect(result.reason).toContain('whose times are');
    }
  });

  it('show a beat of short bursts all the same', () => {
    const seconds = beats(1.0137, 58).flatMap((second) => [second, second + 0.01, second + 0.04]);
    expect(judged(sent(seconds))).toMatchObject({ verdict: 'fail', measured: 'every 1.014 s' });
  });

  it('show one among which few go on', () => {
    const seconds = beats(1.0137, 58).flatMap((second, nth) =>
      nth % 30 === 7 ? [second, second + 0.5] : [second],
    );
    expect(judged(sent(seconds))).toMatchObject({ verdict: 'fail', measured: 'every 1.014 s' });
  });

  it('show one of answers that take most of a second', () => {
    const seconds = beats(5.0137, 11).flatMap((second) => [second, second + 0.4, second + 0.8]);
    expect(judged(sent(seconds))).toMatchObject({ verdict: 'fail', measured: 'every 5.014 s' });
  });
});
