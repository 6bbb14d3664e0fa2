import { describe, expect, it } from 'vitest';
import { settlingOf } from '../../../../src/core/derive/settling.ts';
import type { TargetSettling } from '../../../../src/model/proof.ts';
import { Scene } from '../../support/evidence.ts';

const settling = (scene: Scene): TargetSettling | null => settlingOf(scene.evidence, 'app', scene.window);

/** 50 % of a core for 20 s, and hardly anything from then on. */
function dyingDown(): Scene {
  const scene = new Scene(60).sample(-1, 1, { cpuNs: 1e9 });
  let cpuNs = 1e9;
  for (let second = 1; second <= 60; second += 1) {
    cpuNs += second <= 20 ? 5e8 : 1e6;
    scene.sample(second, 1, { cpuNs });
  }
  return scene;
}

describe('settling', () => {
  it('is told of a target whose use of the CPU died down', () => {
    expect(settling(dyingDown())).toMatchObject({ metric: 'cpu.percent', steadyAfterSeconds: 20 });
  });

  it('is not told of one that has another process of which nothing could be read', () => {
    expect(settling(dyingDown().process({ id: 2, pid: 200 }, -5, null))).toBeNull();
  });
});
