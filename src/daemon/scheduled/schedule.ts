import type { ScheduledMeasurement } from '../../core/measure/probe-spec.ts';
import type { MeasurementStatus } from '../../model/daemon-status.ts';
import type { TakenMeasurement } from '../../model/taken-measurement.ts';
import { type CronTimer, onCron } from '../cron.ts';
import type { Log } from '../log/log.ts';
import type { Worker, WorkerResult } from './start-worker.ts';
import { whyGone } from './taken.ts';

export interface ScheduleParts {
  /** Begins to measure. */
  start: (measurement: ScheduledMeasurement) => Worker;
  /** What came of it, and when it is to be taken again. */
  onTaken: (
    measurement: ScheduledMeasurement,
    result: WorkerResult,
    times: { fromMs: number; toMs: number; nextDueMs: number | null },
  ) => TakenMeasurement;
  /** Nothing of it holds any more. */
  onGone: (before: TakenMeasurement, problem: string) => void;
  /** What holds is to be written down again. */
  onRepeat: (taken: TakenMeasurement) => void;
  /** Whether a measurement is awaited or goes on has changed, or there is something to be done at the next look. */
  onChange: () => void;
  nowMs: () => number;
  log: Log;
}

/** What a watch tells, and is told. */
export interface ScheduleRun {
  readonly isAnyOpen: boolean;
  note: (text: string) => void;
}

interface Entry {
  measurement: ScheduledMeasurement;
  timer: CronTimer;
  /** Since when it waits; null: it does not. */
  waitsSinceMs: number | null;
  /** That it waits for a window was said. */
  isSaid: boolean;
  taken: number;
  failed: number;
}

/** Measurements that are taken when their time comes, one at a time, and never while a window is open. */
export class MeasurementSchedule {
  readonly #parts: ScheduleParts;
  readonly #entries: Map<string, Entry> = new Map();
  readonly #last: Map<string, TakenMeasurement>;
  #running: { id: string; sinceMs: number; worker: Worker } | null = null;
  #isClosed = false;
  #ended: Promise<void> = Promise.resolve();

  /** @param last what is known of before, the newest last */
  constructor(last: readonly TakenMeasurement[], parts: ScheduleParts) {
    this.#parts = parts;
    this.#last = new Map(last.map((one) => [one.measurementId, one]));
  }

  /** Other measurements from now on. One that goes on is finished. */
  use(measurements: readonly ScheduledMeasurement[]): void {
    const before = new Map(this.#entries);
    this.#entries.clear();
    for (const measurement of measurements) {
      const { id } = measurement;
      const known = before.get(id);
      if (known !== undefined && isSame(known.measurement, measurement)) {
        before.delete(id);
        this.#entries.set(id, known);
      } else this.#entries.set(id, this.#begin(measurement));
    }
    for (const { timer } of before.values()) timer.stop();
    for (const one of this.#last.values()) {
      const why = whyGone(one, this.#entries.get(one.measurementId)?.measurement);
      if (why === null) continue;
      this.#last.delete(one.measurementId);
      this.#parts.onGone(one, why);
    }
    this.#parts.onChange();
  }

  /** Whether one is awaited, or goes on: no window is to open. */
  get isHolding(): boolean {
    return this.#running !== null || this.#next() !== null;
  }

  /** To be called after a look: begins what waits, unless a window is open. */
  keep(run: ScheduleRun): void {
    const next = this.#next();
    if (this.#running !== null || next === null || this.#isClosed) return;
    if (run.isAnyOpen) this.#say(run);
    else this.#start(next);
  }

  /** Writes down again what holds: what was written before may be dropped. */
  repeat(): void {
    for (const one of this.#last.values()) this.#parts.onRepeat(one);
  }

  get standing(): MeasurementStatus[] {
    return [...this.#entries.values()].map(({ measurement, timer, waitsSinceMs, taken, failed }) => {
      const { id, target, probe } = measurement;
      const running = this.#running?.id === id ? this.#running : null;
      const state = running !== null ? 'measuring' : waitsSinceMs !== null ? 'due' : 'scheduled';
      return {
        id,
        kind: probe.kind,
        target,
        state,
        sinceMs: running?.sinceMs ?? waitsSinceMs,
        nextAtMs: timer.nextMs(),
        last: this.#last.get(id) ?? null,
        counts: { taken, failed },
      };
    });
  }

  /** Takes nothing any more; what goes on is ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { timer } of this.#entries.values()) timer.stop();
    this.#running?.worker.stop();
    await this.#ended;
  }

  #begin(measurement: ScheduledMeasurement): Entry {
    const { id, cron, timezone } = measurement;
    const timer = onCron(cron, timezone, (lateMs) => this.#due(id, lateMs));
    return { measurement, timer, waitsSinceMs: null, isSaid: false, taken: 0, failed: 0 };
  }

  #due(id: string, lateMs: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#isClosed) return;
    // One that still waits, or goes on, is not taken twice.
    if (entry.waitsSinceMs !== null || this.#running?.id === id) {
      this.#parts.log.warn('a measurement was due again before it was taken', { measurement: id });
      return;
    }
    entry.waitsSinceMs = this.#parts.nowMs() - lateMs;
    entry.isSaid = false;
    this.#parts.onChange();
  }

  #next(): Entry | null {
    const waiting = [...this.#entries.values()].filter(({ waitsSinceMs }) => waitsSinceMs !== null);
    return waiting.toSorted((a, b) => (a.waitsSinceMs ?? 0) - (b.waitsSinceMs ?? 0))[0] ?? null;
  }

  #say(run: ScheduleRun): void {
    for (const entry of this.#entries.values()) {
      const { measurement, waitsSinceMs, isSaid } = entry;
      if (waitsSinceMs === null || isSaid) continue;
      entry.isSaid = true;
      this.#parts.log.info('a measurement is due and waits until no window is open', {
        measurement: measurement.id,
      });
      run.note(
        `the measurement ${measurement.id} was due at ${new Date(waitsSinceMs).toISOString()}, and waited until the window was over`,
      );
    }
  }

  #start(entry: Entry): void {
    const { measurement } = entry;
    const { id } = measurement;
    entry.waitsSinceMs = null;
    const fromMs = this.#parts.nowMs();
    this.#parts.log.info('measuring', { measurement: id });
    const worker = this.#parts.start(measurement);
    this.#running = { id, sinceMs: fromMs, worker };
    this.#ended = worker.done.then((result) => this.#over(entry, result, fromMs));
    this.#parts.onChange();
  }

  #over(entry: Entry, result: WorkerResult, fromMs: number): void {
    const { measurement, timer } = entry;
    const { id } = measurement;
    this.#running = null;
    try {
      // What was interrupted because the daemon ends says nothing: what was measured before stands.
      if (!this.#isClosed && this.#entries.get(id) === entry) {
        if ('problem' in result) entry.failed += 1;
        else entry.taken += 1;
        const times = { fromMs, toMs: this.#parts.nowMs(), nextDueMs: timer.nextMs() };
        this.#last.set(id, this.#parts.onTaken(measurement, result, times));
      }
    } catch (error) {
      // Nobody waits for it: the daemon would end.
      const problem = (error as Error).message;
      this.#parts.log.error('what was measured could not be kept', { measurement: id, problem });
    }
    this.#parts.onChange();
  }
}

const isSame = (before: ScheduledMeasurement, after: ScheduledMeasurement): boolean =>
  JSON.stringify(before) === JSON.stringify(after);
