import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/evidence/tables.ts';
import type { Collector, Look, Observations } from '../../../src/model/collector.ts';
import type { Clock } from '../../../src/model/time.ts';
import { lookUntil } from '../../../src/session/looking.ts';
import { Recorder } from '../../../src/session/recorder.ts';
import { Watcher } from '../../../src/session/watcher.ts';

/** A clock that sleeps at once, and can be made to jump as when the watchdog was stopped or the host asleep. */
class FakeClock implements Clock {
  ms = 0;
  sleptMs = 0;
  nowMs = (): number => this.ms;
  fromBootNs = (ns: number): number => ns / 1e6;
  wallDriftMs = (): number => 0;
  suspendedMs = (): number => this.sleptMs;
  sleepUntil = async (atMs: number, signal: AbortSignal): Promise<void> => {
    if (!signal.aborted) this.ms = Math.max(this.ms, atMs);
  };
  every = async (tickMs: number, signal: AbortSignal, onTick: () => boolean): Promise<void> => {
    while (!signal.aborted) {
      this.ms += tickMs;
      if (!onTick()) return;
    }
  };
}

function setUp(sample: (look: Look) => Observations, takesMs: number | null = null) {
  const rows: Row[] = [];
  const recorder = new Recorder({
    append: (_: number, batch: readonly Row[]) => void rows.push(...batch),
  });
  const clock = new FakeClock();
  const looks: Look[] = [];
  const run = { moved: new Set<number>() };
  const collector: Collector = {
    name: 'io',
    probe: () => ({ status: 'ok', tier: 'counter', reason: null }),
    sample: (look) => {
      looks.push(look);
      return sample(look);
    },
    stop: () => ({ status: 'ok', tier: 'counter', reason: null, lost: 0 }),
  };
  const watcher = new Watcher({
    clock,
    gate: { gate: () => ({ moved: run.moved, gone: new Set() }) },
    trees: {
      processes: [],
      isStill: false,
      hasStirred: () => false,
      refresh: () => ({ started: [], ended: [], disturbances: [], renamed: [] }),
    },
    posts: [{ collector, target: null }],
    recorder,
    tickMs: 1000,
    readings:
      takesMs === null
        ? null
        : {
            take: async () => {
              clock.ms += takesMs;
              return clock.ms - takesMs;
            },
          },
    threadCpuNs: () => 0,
  });
  const gaps = (): unknown[] => {
    recorder.finish(clock.ms);
    return rows.filter(({ table }) => table === 'gap').map(({ values }) => values);
  };
  return { clock, watcher, looks, gaps, run };
}

const options = (clock: Clock, watcher: Watcher, isOver = (): boolean => false) => ({
  clock,
  watcher,
  tickMs: 1000,
  signal: new AbortController().signal,
  onLook: () => {},
  isOver,
});

describe('Watcher', () => {
  it('looks in full at the first look, every 5 min, and every 30 s while something runs', async () => {
    const { clock, watcher, looks, run } = setUp(() => ({}));
    watcher.look();
    await lookUntil(301_000, options(clock, watcher));
    run.moved = new Set([1]);
    await lookUntil(362_000, options(clock, watcher));
    expect(looks.filter(({ full }) => full).map(({ nowMs }) => nowMs)).toEqual([
      0, 300_000, 301_000, 331_000, 361_000, 362_000,
    ]);
    expect(looks).toHaveLength(363);
  });

  it('notes a gap when it was not there, and says when the host was asleep', async () => {
    const { clock, watcher, gaps } = setUp(() => ({}));
    watcher.look();
    clock.ms += 2_500;
    watcher.look();
    clock.ms += 2_501;
    watcher.look();
    clock.ms += 3_600_000;
    clock.sleptMs += 3_599_000;
    watcher.look();
    expect(gaps()).toEqual([
      [2_500, 5_001, 'loop', null, 'the watchdog did not run for 2.5 s'],
      [5_001, 3_605_001, 'loop', null, 'the host was asleep for 3599.0 s'],
    ]);
  });

  it('turns a collector that throws into a gap, and goes on', async () => {
    const { clock, watcher, gaps } = setUp(({ nowMs }) => {
      if (nowMs === 2_000) throw new Error('no such file');
      return {};
    });
    watcher.look();
    await lookUntil(4_000, options(clock, watcher));
    expect(gaps()).toEqual([[1_000, 2_000, 'io', null, 'no such file']]);
  });
});

describe('lookUntil', () => {
  it('ends with a full look at the very end, which need not be a tick', async () => {
    const { clock, watcher, looks } = setUp(() => ({}));
    watcher.look();
    expect(await lookUntil(2_500, options(clock, watcher))).toBe('duration');
    expect(looks.map(({ nowMs, full }) => [nowMs, full])).toEqual([
      [0, true],
      [1_000, false],
      [2_000, false],
      [2_500, true],
    ]);
  });

  it('waits for readings, a tick from one beginning to the next, stands there and looks at all of it', async () => {
    const { clock, watcher, looks } = setUp(() => ({}), 300);
    await watcher.prepare();
    watcher.look();
    expect(await lookUntil(3_600, options(clock, watcher))).toBe('duration');
    expect(looks.map(({ nowMs }) => nowMs)).toEqual([0, 1_000, 2_000, 3_000, 3_600]);
    expect(looks.every(({ full }) => full)).toBe(true);
    expect(watcher.lookedUntilMs).toBe(3_600);
    expect(clock.ms).toBe(3_900);
  });

  it('does not catch up on ticks that are over', async () => {
    const { clock, watcher, looks } = setUp((look) => {
      if (look.nowMs === 2_000) clock.ms += 5_300;
      return {};
    });
    watcher.look();
    await lookUntil(10_000, options(clock, watcher));
    expect(looks.map(({ nowMs }) => nowMs)).toEqual([0, 1_000, 2_000, 8_300, 9_300, 10_000]);
  });

  it('closes early when interrupted, and when nothing is left to watch', async () => {
    const { clock, watcher, looks } = setUp(() => ({}));
    const controller = new AbortController();
    controller.abort();
    expect(await lookUntil(60_000, { ...options(clock, watcher), signal: controller.signal })).toBe(
      'interrupted',
    );
    expect(looks.at(-1)?.full).toBe(true);
    expect(
      await lookUntil(
        60_000,
        options(clock, watcher, () => true),
      ),
    ).toBe('target');
  });
});
