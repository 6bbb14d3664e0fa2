import { inOrderOfTime } from '../core/derive/in-order-of-time.ts';
import { type ControlFailure, type PlantedControl, WATCHDOG } from '../model/control.ts';
import type { Activity } from '../model/activity.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Measurement, MeasurementBaseline } from '../model/measurement.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { CounterReading } from '../model/sample.ts';
import { CounterReader } from './counter-deltas.ts';
import { type DocumentKind, readDisturbance, readDocument, readGap, readLook, readProcess } from './rows.ts';
import type { RowSource } from './row-source.ts';
import { StoredWake } from './stored-wake.ts';
import type { Value } from './tables.ts';

/** What evidence holds row by row; the rest is in documents whose meaning depends on the kind of store. */
type FromRows = Pick<
  Evidence,
  'processes' | 'looks' | 'samples' | 'activities' | 'counters' | 'gaps' | 'disturbances' | 'wakes'
> &
  Required<Pick<Evidence, 'controls' | 'measurements' | 'baselines'>>;

/** Rows of all tables but the documents, as evidence. */
export function assembleRows(source: RowSource, all: Documents): FromRows {
  const of = <T>(table: Parameters<RowSource['rows']>[0], read: (values: readonly Value[]) => T): T[] => {
    const made: T[] = [];
    for (const values of source.rows(table)) made.push(read(values));
    return made;
  };
  const activities: Activity[] = [];
  const seen: Activity[] = [];
  const acting = new Set<number>();
  for (const some of source.activities()) {
    for (const activity of some) {
      (activity.target === WATCHDOG ? seen : activities).push(activity);
      if (activity.processId !== null) acting.add(activity.processId);
    }
  }
  return {
    processes: processesOf(source, acting),
    looks: of('look', readLook),
    samples: source.samples(),
    activities: inOrderOfTime(activities),
    counters: countersOf(source.rows('counter')),
    gaps: of('gap', readGap),
    disturbances: of('disturbance', readDisturbance),
    wakes: of('wake', (values) => new StoredWake(values)),
    measurements: all<Measurement>('measurement'),
    baselines: all<MeasurementBaseline>('baseline'),
    controls: {
      planted: all<PlantedControl>('control'),
      failures: all<ControlFailure>('controlFailure'),
      seen: inOrderOfTime(seen),
    },
  };
}

/** Bodies of the documents of a kind, in the order of writing. */
export type Documents = <T>(kind: DocumentKind) => T[];

export function documentsOf(source: RowSource): Documents {
  const documents = [...source.rows('document')].map(readDocument);
  return <T>(kind: DocumentKind) =>
    documents.filter((document) => document.kind === kind).map((document) => document.body as T);
}

/** As they were written last. @param acting numbers of those that did something */
function processesOf(source: RowSource, acting: ReadonlySet<number>): WatchedProcess[] {
  const byId = new Map<number, WatchedProcess>();
  for (const values of source.processes(acting)) {
    const process = readProcess(values);
    byId.set(process.id, process);
  }
  return [...byId.values()];
}

function countersOf(rows: Iterable<readonly Value[]>): CounterReading[] {
  const reader = new CounterReader();
  const readings: CounterReading[] = [];
  for (const values of rows) for (const reading of reader.read(values)) readings.push(reading);
  return readings;
}
