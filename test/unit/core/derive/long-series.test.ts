import { expect, it } from 'vitest';
import { coverTicks } from '../../../../src/core/coverage/coverage.ts';
import { METRICS } from '../../../../src/core/derive/metrics.ts';
import { deriveSeries } from '../../../../src/core/derive/series.ts';
import { soakScene } from '../../../support/soak-scene.ts';

it.each(['cpu.percent', 'memory.pss'])(
  '%s of a quarter of a million looks fits on the stack',
  (name) => {
    const { scene } = soakScene(250_000);
    const { evidence, window } = scene;
    const { points } = deriveSeries(evidence, 'app', METRICS.get(name)!, window);
    expect(points.length).toBeGreaterThan(249_000);
    evidence.looks = Array.from({ length: 250_000 }, (_, second) => {
      const atMs = window.fromMs + second * 1000;
      return { fromMs: atMs, toMs: atMs, looks: 1, longestStepMs: 1000 };
    });
    expect(coverTicks(evidence, window).ticks.taken).toBeGreaterThan(249_000);
  },
  60_000,
);
