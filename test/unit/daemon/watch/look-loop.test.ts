import { describe, expect, it } from 'vitest';
import { LookLoop } from '../../../../src/daemon/watch/look-loop.ts';
import { systemClock } from '../../../../src/os/clock.ts';

/** Readings that are over when the test says so; what happened, in order. */
class Readings {
  readonly told: string[] = [];
  readonly needsReadings = true;
  readonly lookedUntilMs: number = systemClock().nowMs();
  #finish: (() => void)[] = [];

  prepare(): Promise<void> {
    this.told.push('reading');
    return new Promise((resolve) => {
      this.#finish.push(resolve);
    });
  }

  /** Ends the reading that is under way, once there is one. */
  async finish(): Promise<void> {
    while (this.#finish.length === 0) await new Promise(setImmediate);
    this.#finish.shift()?.();
    await new Promise(setImmediate);
  }
}

const HOUR_MS = 3_600_000;

function loopOver(
  readings: Readings,
  tickMs: number,
  { isOver = (): boolean => false, look = (): void => void readings.told.push('look') } = {},
): LookLoop {
  return new LookLoop({ clock: systemClock(), watcher: readings, tickMs, look, isOver });
}

describe('a loop of looks that need readings', () => {
  it('looks at once when it is asked, after a reading', async () => {
    const readings = new Readings();
    const loop = loopOver(readings, HOUR_MS);
    const stop = new AbortController();
    const running = loop.run(stop.signal);
    const asked = loop.now(() => void readings.told.push('open'));
    await readings.finish();
    await asked;
    expect(readings.told).toEqual(['reading', 'open', 'look']);
    stop.abort();
    await running;
  });

  it('takes another reading for what is asked while one is under way', async () => {
    const readings = new Readings();
    const loop = loopOver(readings, 0, { isOver: () => readings.told.includes('open') });
    const running = loop.run(new AbortController().signal);
    while (readings.told.length === 0) await new Promise(setImmediate);
    const asked = loop.now(() => void readings.told.push('open'));
    await readings.finish();
    await readings.finish();
    await asked;
    await running;
    expect(readings.told).toEqual(['reading', 'look', 'reading', 'open', 'look']);
  });

  it('does what is asked after its end with the last look, or not at all', async () => {
    const readings = new Readings();
    const loop = loopOver(readings, 0, { isOver: () => true });
    const running = loop.run(new AbortController().signal);
    await readings.finish();
    await running;
    const asked = loop.now(() => void readings.told.push('open'));
    const last = loop.last(() => void readings.told.push('last'));
    await readings.finish();
    await Promise.all([asked, last]);
    expect(readings.told).toEqual(['reading', 'look', 'reading', 'open', 'last']);
    const forgotten = loop.now(() => void readings.told.push('never'));
    loop.release();
    await forgotten;
    expect(readings.told).not.toContain('never');
  });

  it('keeps nobody waiting for a look that fails', async () => {
    const readings = new Readings();
    const look = (): never => {
      throw new Error('the store is gone');
    };
    const loop = loopOver(readings, HOUR_MS, { look });
    const running = loop.run(new AbortController().signal);
    const asked = loop.now(() => {});
    const failed = expect(running).rejects.toThrow('the store is gone');
    await readings.finish();
    await failed;
    await asked;
  });

  it('ends in the middle of its pause', async () => {
    const readings = new Readings();
    const stop = new AbortController();
    const running = loopOver(readings, HOUR_MS).run(stop.signal);
    stop.abort();
    await running;
    expect(readings.told).toEqual([]);
  });
});
