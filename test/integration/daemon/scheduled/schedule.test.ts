import { afterEach, describe, expect, it } from 'vitest';
import type { ScheduledMeasurement } from '../../../../src/core/measure/probe-spec.ts';
import { MeasurementSchedule } from '../../../../src/daemon/scheduled/schedule.ts';
import type { WorkerResult } from '../../../../src/daemon/scheduled/start-worker.ts';
import type { TakenMeasurement } from '../../../../src/model/taken-measurement.ts';
import { quietLog } from '../../../support/quiet-log.ts';
import { until } from '../../../support/until.ts';
import { takenOf } from '../../../unit/support/taken.ts';

const EVERY_SECOND = '* * * * * *';
const NEVER = '0 0 1 1 *';
const FAILED: WorkerResult = { problem: 'nobody answered' };

const measurement = (id: string, cron: string): ScheduledMeasurement => ({
  id,
  target: null,
  cron,
  timezone: null,
  better: null,
  probe: { kind: 'run', argv: ['true'], runs: 1, unit: '', timeoutMs: 1_000 },
});

/** A schedule whose measurements last until the test ends them. */
class Stage {
  readonly started: string[] = [];
  readonly gone: string[] = [];
  readonly taken: string[] = [];
  readonly repeated: string[] = [];
  readonly notes: string[] = [];
  readonly said: string[];
  isAnyOpen = false;
  isStopped = false;
  isFull = false;
  #end: (result: WorkerResult) => void = () => {};
  readonly schedule: MeasurementSchedule;

  constructor(last: readonly TakenMeasurement[] = []) {
    const { log, said } = quietLog();
    this.said = said;
    this.schedule = new MeasurementSchedule(last, {
      log,
      nowMs: () => Date.now(),
      onChange: () => {},
      start: ({ id }) => {
        this.started.push(id);
        const done = new Promise<WorkerResult>((resolve) => (this.#end = resolve));
        const stop = (): void => {
          this.isStopped = true;
          this.#end({ problem: 'it was interrupted' });
        };
        return { done, stop };
      },
      onTaken: ({ id }, result, { toMs }) => {
        const { problem } = result as { problem: string };
        this.taken.push(id);
        if (this.isFull) throw new Error('the disk is full');
        return takenOf(id, toMs, {}, { problem });
      },
      onGone: ({ measurementId }) => this.gone.push(measurementId),
      onRepeat: ({ measurementId }) => this.repeated.push(measurementId),
    });
  }

  look(): void {
    this.schedule.keep({ isAnyOpen: this.isAnyOpen, note: (text) => this.notes.push(text) });
  }

  async end(): Promise<void> {
    const before = this.taken.length;
    this.#end(FAILED);
    await until(() => this.taken.length > before);
  }
}

let stage: Stage;
afterEach(() => stage.schedule.close());

describe('measurements on schedule', () => {
  it('wait until no window is open, hold the next one off, and say so once', async () => {
    stage = new Stage();
    stage.isAnyOpen = true;
    stage.schedule.use([measurement('a', EVERY_SECOND)]);
    expect(stage.schedule.isHolding).toBe(false);
    await until(() => stage.schedule.isHolding);
    for (let look = 0; look < 3; look += 1) stage.look();
    expect(stage.started).toEqual([]);
    expect(stage.notes).toEqual([expect.stringMatching(/^the measurement a was due at .* waited until/)]);
    expect(stage.schedule.standing).toMatchObject([
      { id: 'a', state: 'due', counts: { taken: 0, failed: 0 } },
    ]);
    // Due again, it is still one.
    await until(() => stage.said.some((text) => text.includes('due again before it was taken')));
    stage.isAnyOpen = false;
    stage.look();
    stage.look();
    expect(stage.started).toEqual(['a']);
    expect(stage.schedule.standing).toMatchObject([{ state: 'measuring' }]);
    expect(stage.schedule.isHolding).toBe(true);
    await stage.end();
    expect(stage.schedule.standing).toMatchObject([
      { last: { problem: 'nobody answered' }, counts: { taken: 0, failed: 1 } },
    ]);
  });

  it('are taken one at a time', async () => {
    stage = new Stage();
    stage.schedule.use([measurement('a', EVERY_SECOND), measurement('b', EVERY_SECOND)]);
    await until(() => stage.schedule.standing.every(({ state }) => state === 'due'));
    stage.look();
    stage.look();
    expect(stage.started).toHaveLength(1);
    await stage.end();
    stage.look();
    expect(stage.started.toSorted()).toEqual(['a', 'b']);
  });

  it('that are configured no more hold no more, and others go on', async () => {
    stage = new Stage([takenOf('a', 1, {}), takenOf('b', 2, {}), takenOf('old', 3, {})]);
    stage.schedule.use([measurement('a', NEVER), measurement('b', NEVER)]);
    expect(stage.gone).toEqual(['old']);
    stage.schedule.use([measurement('b', NEVER)]);
    expect(stage.gone).toEqual(['old', 'a']);
    stage.schedule.repeat();
    expect(stage.repeated).toEqual(['b']);
    expect(stage.schedule.standing).toMatchObject([{ id: 'b', last: { toMs: 2 } }]);
  });

  it('that are something else now hold no more, also where that was changed while nobody watched', () => {
    stage = new Stage([takenOf('a', 1, {}, { asked: 'something else' })]);
    stage.schedule.use([measurement('a', NEVER)]);
    expect(stage.gone).toEqual(['a']);
    expect(stage.schedule.standing).toMatchObject([{ id: 'a', last: null }]);
  });

  it('that cannot be kept hold nothing off, and end nothing', async () => {
    stage = new Stage();
    stage.isFull = true;
    stage.schedule.use([measurement('a', EVERY_SECOND)]);
    await until(() => stage.schedule.isHolding);
    stage.look();
    await stage.end();
    await until(() => stage.said.some((text) => text.includes('could not be kept')));
    expect(stage.schedule.standing).toMatchObject([{ last: null }]);
  });

  it('end with the daemon, and then say nothing', async () => {
    stage = new Stage([takenOf('a', 1, {})]);
    stage.schedule.use([measurement('a', EVERY_SECOND)]);
    await until(() => stage.schedule.isHolding);
    stage.look();
    await stage.schedule.close();
    expect([stage.isStopped, stage.taken]).toEqual([true, []]);
  });
});
