import { describe, expect, it } from 'vitest';
import type { ControlFailure, PlantedControl } from '../../../src/model/control.ts';
import { Canary, type CanaryParts } from '../../../src/session/canary.ts';

function canary(beats: CanaryParts['beats']) {
  const clock = { ms: 0, nowMs: (): number => clock.ms };
  const planted: PlantedControl[] = [];
  const failures: ControlFailure[] = [];
  const one = new Canary({
    clock: clock as unknown as CanaryParts['clock'],
    beats,
    networkScope: 'network:1',
    onPlanted: (control) => planted.push(control),
    onFailure: (failure) => failures.push(failure),
  });
  const lookEverySecond = (seconds: number): void => {
    for (let second = 1; second <= seconds; second += 1) {
      clock.ms = second * 1000;
      one.plant(clock.ms);
    }
  };
  return { one, planted, failures, lookEverySecond };
}

const working = (): NonNullable<CanaryParts['beats']> => ({
  tcp: () => 1111,
  udp: () => 2222,
  child: { start: () => 4711, collect: () => {} },
});

describe('Canary', () => {
  it('plants four times in a window, with a look between the edges and each, and one child', () => {
    const { one, planted, lookEverySecond } = canary(working());
    one.plan({ fromMs: 0, toMs: 60_000 });
    lookEverySecond(60);
    const tcp = planted.filter(({ name }) => name === 'tcp');
    expect(tcp.map(({ atMs }) => atMs)).toEqual([2000, 21_000, 40_000, 58_000]);
    expect(tcp[0]).toMatchObject({ port: 1111, networkScope: 'network:1' });
    expect(planted.filter(({ name }) => name === 'udp')).toHaveLength(4);
    expect(planted.filter(({ name }) => name === 'process')).toMatchObject([{ pid: 4711, port: null }]);
    expect(one.connectionsOpened).toBe(4);
  });

  it('says what it could not plant, and when', () => {
    const { one, planted, failures, lookEverySecond } = canary({
      ...working(),
      udp: () => {
        throw new Error('refused');
      },
    });
    one.plan({ fromMs: 0, toMs: 10_000 });
    lookEverySecond(3);
    expect(planted.map(({ name }) => name)).toEqual(['tcp', 'process']);
    expect(failures).toEqual([{ name: 'udp', atMs: 2000, reason: 'refused' }]);
  });

  it('plants nothing without native calls, and nothing where no window was planned', () => {
    const { one, planted, failures, lookEverySecond } = canary(null);
    lookEverySecond(3);
    expect(failures).toEqual([]);
    one.plan({ fromMs: 0, toMs: 10_000 });
    lookEverySecond(3);
    expect(planted).toEqual([]);
    expect(failures.map(({ name }) => name)).toEqual(['tcp', 'udp', 'process']);
  });
});
