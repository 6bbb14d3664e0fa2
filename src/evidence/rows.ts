import type { Activity } from '../model/activity.ts';
import type { Disturbance, Gap, LookRange } from '../model/evidence.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { CounterReading, Sample } from '../model/sample.ts';
import type { CollectorName, DisturbanceKind } from '../model/collector.ts';
import { type Row, SAMPLE_METRICS, type Value } from './tables.ts';

/** Kinds of JSON documents in an evidence file; `note` may occur often, the others once per subject. */
export type DocumentKind =
  | 'run'
  | 'window'
  | 'target'
  | 'collector'
  | 'eventTypes'
  | 'eventColumns'
  | 'control'
  | 'noise'
  | 'controlFailure'
  | 'note'
  | 'self'
  /** What holds for a stretch between two edges, in a store of many windows; see StretchReport. */
  | 'stretch'
  | 'verdict'
  /** A window begins; see OpenedWindow. What came of it is a `window`, or `noWindow` where nothing is left of it; see WindowKey. */
  | 'opening'
  | 'noWindow'
  /** What could come late of a window was waited for, and is written: it is judged now. See WaitedFor. */
  | 'waitedFor'
  /** What an active probe found, and what it is compared with; see model/measurement.ts. */
  | 'measurement'
  | 'baseline'
  /** What came of a measurement on schedule; see TakenMeasurement. */
  | 'taken'
  /** Which segments were dropped and thinned so far; see RetentionNote. */
  | 'retention';

export const documentRow = (kind: DocumentKind, body: unknown): Row => ({
  table: 'document',
  values: [kind, JSON.stringify(body)],
});

export const processRow = (process: WatchedProcess): Row => ({
  table: 'process',
  values: [process.id, process.target, process.pid, process.name, JSON.stringify(process)],
});

export const lookRow = (range: LookRange): Row => ({
  table: 'look',
  values: [range.fromMs, range.toMs, range.looks, range.longestStepMs],
});

export const sampleRow = (sample: Sample): Row => ({
  table: 'sample',
  values: [sample.atMs, sample.processId, ...SAMPLE_METRICS.map((metric) => sample[metric] ?? null)],
});

export const activityRow = (activity: Activity): Row => ({
  table: 'activity',
  values: [activity.atMs, activity.target, activity.kind, activity.processId, JSON.stringify(activity)],
});

export const counterRow = (reading: CounterReading): Row => ({
  table: 'counter',
  values: [reading.atMs, reading.scope, JSON.stringify(reading.values)],
});

export const gapRow = (gap: Gap): Row => ({
  table: 'gap',
  values: [gap.fromMs, gap.toMs, gap.collector, gap.target, gap.reason],
});

export const disturbanceRow = (disturbance: Disturbance): Row => ({
  table: 'disturbance',
  values: [disturbance.fromMs, disturbance.toMs, disturbance.target, disturbance.kind, disturbance.detail],
});

const number = (value: Value | undefined): number => Number(value);
const text = (value: Value | undefined): string => String(value);
const textOrNull = (value: Value | undefined): string | null => (typeof value === 'string' ? value : null);

export const readLook = ([fromMs, toMs, looks, longestStepMs]: readonly Value[]): LookRange => ({
  fromMs: number(fromMs),
  toMs: number(toMs),
  looks: number(looks),
  longestStepMs: number(longestStepMs),
});

export const readGap = ([fromMs, toMs, collector, target, reason]: readonly Value[]): Gap => ({
  fromMs: number(fromMs),
  toMs: number(toMs),
  collector: text(collector) as CollectorName | 'loop',
  target: textOrNull(target),
  reason: text(reason),
});

export const readDisturbance = ([fromMs, toMs, target, kind, detail]: readonly Value[]): Disturbance => ({
  fromMs: number(fromMs),
  toMs: number(toMs),
  target: text(target),
  kind: text(kind) as DisturbanceKind,
  detail: text(detail),
});

/** The last column of a table that keeps whole records as JSON. */
const readBody = (values: readonly Value[]): unknown => JSON.parse(text(values.at(-1)));

export const readProcess = (values: readonly Value[]): WatchedProcess => readBody(values) as WatchedProcess;

export const readDocument = (values: readonly Value[]): { kind: DocumentKind; body: unknown } => ({
  kind: text(values[0]) as DocumentKind,
  body: readBody(values),
});
