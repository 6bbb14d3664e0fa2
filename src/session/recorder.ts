import {
  activityRow,
  counterRow,
  disturbanceRow,
  documentRow,
  gapRow,
  lookRow,
  processRow,
  sampleRow,
  type DocumentKind,
} from '../evidence/rows.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { wakeRow } from '../evidence/stored-wake.ts';
import type { Row } from '../evidence/tables.ts';
import type { CollectorName, DisturbanceNotice, Failure, Look, Observations } from '../model/collector.ts';
import type { Disturbance, Gap, LookRange } from '../model/evidence.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { ProcessMetric, ProcessMetrics, Sample } from '../model/sample.ts';
import type { TimeSpan } from '../model/time.ts';
import { Stretches } from './stretches.ts';

/** A failure at one look, with the collector that failed. */
export type CollectorFailure = Failure & { collector: CollectorName };

/** What was seen is written after so long at the latest. */
export const COMMIT_EVERY_MS = 5_000;

/**
 * Turns what the collectors saw into rows: joins the metrics of one process, leaves out what did not change, joins
 * quiet looks to ranges, and commits in batches, so that a quiet target costs no write at all.
 */
export class Recorder {
  readonly #store: Pick<EvidenceStore, 'append'>;
  #rows: Row[] = [];
  #committedMs = 0;
  #range: LookRange | null = null;
  readonly #known: Map<number, ProcessMetrics> = new Map();
  readonly #failures: Stretches<CollectorFailure> = new Stretches();
  readonly #disturbances: Stretches<DisturbanceNotice> = new Stretches();

  constructor(store: Pick<EvidenceStore, 'append'>) {
    this.#store = store;
  }

  document(kind: DocumentKind, body: unknown): void {
    this.#rows.push(documentRow(kind, body));
  }

  gap(gap: Gap): void {
    this.#rows.push(gapRow(gap));
  }

  /** One that nobody tells at each look. */
  disturbance(disturbance: Disturbance): void {
    this.#rows.push(disturbanceRow(disturbance));
  }

  /** No gap and no disturbance is going on that each look would have to confirm. */
  get isStill(): boolean {
    return !this.#failures.isOpen && !this.#disturbances.isOpen;
  }

  /** The last known metrics of a live process. */
  metricsOf(processId: number): Readonly<ProcessMetrics> {
    return this.#known.get(processId) ?? {};
  }

  /** CPU time of all live processes so far, in nanoseconds. */
  get cpuNs(): number {
    let sum = 0;
    for (const { cpuNs = 0 } of this.#known.values()) sum += cpuNs;
    return sum;
  }

  /** Records a look at which nothing happened at all; only while it is still. */
  quietLook(nowMs: number, previousMs: number | null): void {
    this.#extendRange(nowMs, previousMs, false);
    if (this.#rows.length > 0 && nowMs - this.#committedMs >= COMMIT_EVERY_MS) this.commit(nowMs);
  }

  /** Records processes; of one that is recorded again, the last record counts. */
  processes(processes: readonly WatchedProcess[]): void {
    for (const process of processes) this.#rows.push(processRow(process));
  }

  /** Records one look and what was observed at it. */
  look(look: Look, observed: readonly Observations[], failures: readonly CollectorFailure[]): void {
    const before = this.#rows.length;
    this.processes(look.started);
    for (const { processes = [] } of observed) this.processes(processes);
    this.#recordMetrics(look, observed);
    for (const { activities = [], counters = [], wakes = [] } of observed) {
      for (const activity of activities) this.#rows.push(activityRow(activity));
      for (const reading of counters) this.#rows.push(counterRow(reading));
      for (const stretch of wakes) this.#rows.push(wakeRow(stretch));
    }
    this.#recordStretches(
      { fromMs: look.previousMs ?? look.nowMs, toMs: look.nowMs },
      failures,
      observed.flatMap(({ disturbances = [] }) => disturbances),
    );
    this.#extendRange(look.nowMs, look.previousMs, this.#rows.length > before || look.moved.size > 0);
    if (look.nowMs - this.#committedMs >= COMMIT_EVERY_MS) this.commit(look.nowMs);
  }

  /**
   * Ends all open stretches and commits what is left: at the end of a run, at an edge of a window, and before a segment ends, so
   * that none of them rests on what is only written later. Looks may go on after it.
   */
  finish(nowMs: number): void {
    this.#writeStretches(this.#failures.close(), this.#disturbances.close());
    this.#writeRange();
    this.commit(nowMs);
  }

  commit(nowMs: number): void {
    this.#committedMs = nowMs;
    this.#store.append(nowMs, this.#rows);
    this.#rows = [];
  }

  #recordMetrics(look: Look, observed: readonly Observations[]): void {
    const samples = new Map<number, Sample>();
    for (const { metrics } of observed) {
      for (const [processId, values] of metrics ?? []) {
        const sample = samples.get(processId) ?? { atMs: look.nowMs, processId };
        samples.set(processId, Object.assign(sample, values));
      }
    }
    for (const [processId, sample] of samples) {
      const known = this.#known.get(processId) ?? {};
      const { atMs, processId: _, ...values } = sample;
      const changed = (Object.keys(values) as ProcessMetric[]).filter((name) => known[name] !== values[name]);
      if (changed.length === 0) continue;
      this.#known.set(processId, { ...known, ...values });
      const news = Object.fromEntries(changed.map((name) => [name, values[name]]));
      this.#rows.push(sampleRow({ atMs, processId, ...news }));
    }
    for (const { process } of look.ended) this.#known.delete(process.id);
  }

  #recordStretches(
    span: TimeSpan,
    failures: readonly CollectorFailure[],
    disturbances: readonly DisturbanceNotice[],
  ): void {
    this.#writeStretches(this.#failures.look(span, failures), this.#disturbances.look(span, disturbances));
  }

  #writeStretches(
    failures: (CollectorFailure & TimeSpan)[],
    disturbances: (DisturbanceNotice & TimeSpan)[],
  ): void {
    for (const failure of failures) this.#rows.push(gapRow(failure));
    for (const disturbance of disturbances) this.#rows.push(disturbanceRow(disturbance));
  }

  /** A quiet look only lengthens the range; one that saw something ends it, so that its own time is kept. */
  #extendRange(nowMs: number, previousMs: number | null, eventful: boolean): void {
    if (eventful) this.#writeRange();
    const stepMs = previousMs === null ? 0 : nowMs - previousMs;
    this.#range ??= { fromMs: nowMs, toMs: nowMs, looks: 0, longestStepMs: 0 };
    this.#range.toMs = nowMs;
    this.#range.looks += 1;
    this.#range.longestStepMs = Math.max(this.#range.longestStepMs, stepMs);
    if (eventful) this.#writeRange();
  }

  #writeRange(): void {
    if (this.#range !== null) this.#rows.push(lookRow(this.#range));
    this.#range = null;
  }
}
