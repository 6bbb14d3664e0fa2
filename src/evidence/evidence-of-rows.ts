import { type ControlFailure, type PlantedControl, WATCHDOG } from '../model/control.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Measurement, MeasurementBaseline } from '../model/measurement.ts';
import type { CounterReading } from '../model/sample.ts';
import { CounterReader } from './counter-deltas.ts';
import {
  type DocumentKind,
  readActivity,
  readDisturbance,
  readDocument,
  readGap,
  readLook,
  readProcess,
  readWake,
} from './rows.ts';
import type { RowSource } from './row-source.ts';
import type { TableName, Value } from './tables.ts';

/** What evidence holds row by row; the rest is in documents whose meaning depends on the kind of store. */
type FromRows = Pick<
  Evidence,
  'processes' | 'looks' | 'samples' | 'activities' | 'counters' | 'gaps' | 'disturbances' | 'wakes'
> &
  Required<Pick<Evidence, 'controls' | 'measurements' | 'baselines'>>;

/** Rows of all tables but the documents, as evidence. */
export function assembleRows(source: RowSource, all: Documents): FromRows {
  const of = <T>(table: Exclude<TableName, 'sample'>, read: (values: readonly Value[]) => T): T[] => {
    const made: T[] = [];
    for (const values of source.rows(table)) made.push(read(values));
    return made;
  };
  const activities = of('activity', readActivity).sort((a, b) => a.atMs - b.atMs);
  return {
    processes: [...new Map(of('process', readProcess).map((process) => [process.id, process])).values()],
    looks: of('look', readLook),
    samples: source.samples(),
    activities: activities.filter(({ target }) => target !== WATCHDOG),
    counters: countersOf(source.rows('counter')),
    gaps: of('gap', readGap),
    disturbances: of('disturbance', readDisturbance),
    wakes: of('wake', readWake),
    measurements: all<Measurement>('measurement'),
    baselines: all<MeasurementBaseline>('baseline'),
    controls: {
      planted: all<PlantedControl>('control'),
      failures: all<ControlFailure>('controlFailure'),
      seen: activities.filter(({ target }) => target === WATCHDOG),
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

function countersOf(rows: Iterable<readonly Value[]>): CounterReading[] {
  const reader = new CounterReader();
  const readings: CounterReading[] = [];
  for (const values of rows) {
    const reading = reader.read(values);
    if (reading !== null) readings.push(reading);
  }
  return readings;
}
