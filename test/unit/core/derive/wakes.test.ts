import { describe, expect, it } from 'vitest';
import { windowWakes } from '../../../../src/core/derive/wakes.ts';
import { Scene } from '../../support/evidence.ts';

const told = (scene: Scene) => windowWakes(scene.evidence, 'app', scene.window);
const PACKETS = { timeoutMs: null, timeoutIs: null, wokenBy: 'packet' } as const;

describe('windowWakes', () => {
  it('joins the stretches of one reason, the most frequent reason first', () => {
    const scene = new Scene()
      .woke(1, 30, 12, PACKETS)
      .woke(0.1, 29.9, 300)
      .woke(30.1, 59.9, 290, { timeoutMs: 101 })
      .woke(31, 59, 60, { timeoutMs: 1000 });
    expect(
      told(scene).map(({ wokenBy, timeoutMs, count, perMinute }) => [wokenBy, timeoutMs, count, perMinute]),
    ).toEqual([
      ['timer', 100, 590, 590],
      ['timer', 1000, 60, 60],
      ['packet', null, 12, 12],
    ]);
  });

  it('takes only what is of the target and in the window', () => {
    const scene = new Scene()
      .process({ id: 9, target: 'other' })
      .woke(1, 59, 600, { processId: 9 })
      .woke(-4, -1, 30)
      .woke(-5, 5, 100)
      .woke(60.5, 60.5, 1)
      .woke(30, 30, 1, PACKETS);
    expect(told(scene).map(({ wokenBy, count }) => [wokenBy, count])).toEqual([
      ['timer', 50],
      ['packet', 1],
    ]);
  });

  it('keeps threads apart', () => {
    expect(told(new Scene().woke(1, 59, 60).woke(1, 59, 30, { tid: 101 })).map(({ tid }) => tid)).toEqual([
      100, 101,
    ]);
  });

  it('estimates the rate where only a sample was recorded, and says so', () => {
    const scene = new Scene().woke(0.1, 30, 300, { sampledShare: 0.1 }).woke(30.1, 60, 3000);
    expect(told(scene)).toMatchObject([{ count: 3300, perMinute: 6000, sampledShare: 0.55 }]);
  });

  it('is a lower bound where the trace lost records, and no rate is made up for them', () => {
    const scene = new Scene().woke(0.1, 59.9, 600).gap(30, 60, 'trace');
    expect(told(scene)).toMatchObject([{ count: 600, perMinute: 600, atLeast: true }]);
    expect(told(new Scene().woke(0.1, 59.9, 600).gap(70, 80, 'trace'))).toMatchObject([{ atLeast: false }]);
  });

  it('knows nothing where nothing was recorded', () => {
    expect(told(new Scene())).toEqual([]);
  });
});
