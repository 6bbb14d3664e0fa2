import { type ControlFailure, type PlantedControl, WATCHDOG } from '../model/control.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Measurement, MeasurementBaseline } from '../model/measurement.ts';
import {
  type DocumentKind,
  readActivity,
  readCounter,
  readDisturbance,
  readDocument,
  readGap,
  readLook,
  readProcess,
  readSample,
  readWake,
} from './rows.ts';
import type { Row, TableName, Value } from './tables.ts';

/** What evidence holds row by row; the rest is in documents whose meaning depends on the kind of store. */
type FromRows = Pick<
  Evidence,
  'processes' | 'looks' | 'samples' | 'activities' | 'counters' | 'gaps' | 'disturbances' | 'wakes'
> &
  Required<Pick<Evidence, 'controls' | 'measurements' | 'baselines'>>;

/** Rows of all tables, in the order of writing within each, as evidence. */
export function assembleRows(rows: readonly Row[]): FromRows {
  const of = <T>(table: TableName, read: (values: readonly Value[]) => T): T[] =>
    rows.filter((row) => row.table === table).map(({ values }) => read(values));
  const all = documentsOf(rows);
  const activities = of('activity', readActivity).sort((a, b) => a.atMs - b.atMs);
  return {
    processes: [...new Map(of('process', readProcess).map((process) => [process.id, process])).values()],
    looks: of('look', readLook),
    samples: of('sample', readSample),
    activities: activities.filter(({ target }) => target !== WATCHDOG),
    counters: of('counter', readCounter),
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
export function documentsOf(rows: readonly Row[]): <T>(kind: DocumentKind) => T[] {
  const documents = rows
    .filter(({ table }) => table === 'document')
    .map(({ values }) => readDocument(values));
  return <T>(kind: DocumentKind) =>
    documents.filter((document) => document.kind === kind).map((document) => document.body as T);
}
