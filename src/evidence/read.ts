import { IdleproofError } from '../errors.ts';
import { openSqlite, type Sqlite } from '../os/sqlite.ts';
import type { CollectorReport, Evidence, HostNoise, RunInfo, SelfReport, Window } from '../model/evidence.ts';
import { type ControlFailure, type PlantedControl, WATCHDOG } from '../model/control.ts';
import type { TargetReport } from '../model/target.ts';
import { APPLICATION_ID, refuseNewer, tablesOf } from './migrations.ts';
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
import type { ChainHead } from './store.ts';
import { CHAIN_START } from './chain.ts';
import { columnsOf, type TableName, type Value } from './tables.ts';

export interface StoredEvidence {
  evidence: Evidence;
  head: ChainHead;
}

/** Reads a finished run back from its evidence file. All judging starts here, also right after the run itself. */
export function readEvidence(path: string): StoredEvidence {
  const db = open(path);
  try {
    const tables = tablesOf(refuseNewer(db, path));
    const rows = <T>(table: TableName, read: (values: readonly Value[]) => T): T[] =>
      tables.has(table)
        ? (
            db
              .prepare(`SELECT ${columnsOf(table).join(', ')} FROM ${table} ORDER BY rowid`)
              .raw()
              .all() as Value[][]
          ).map(read)
        : [];
    const documents = rows('document', readDocument);
    const all = <T>(kind: DocumentKind): T[] =>
      documents.filter((document) => document.kind === kind).map((document) => document.body as T);
    const [run] = all<RunInfo>('run');
    const [self] = all<SelfReport>('self');
    if (run === undefined || self === undefined) throw new IdleproofError('EVIDENCE_UNFINISHED', { path });
    const activities = rows('activity', readActivity).sort((a, b) => a.atMs - b.atMs);
    const evidence: Evidence = {
      run,
      windows: all<Window>('window'),
      targets: all<TargetReport>('target'),
      processes: [...new Map(rows('process', readProcess).map((process) => [process.id, process])).values()],
      looks: rows('look', readLook),
      samples: rows('sample', readSample),
      activities: activities.filter(({ target }) => target !== WATCHDOG),
      counters: rows('counter', readCounter),
      gaps: rows('gap', readGap),
      disturbances: rows('disturbance', readDisturbance),
      wakes: rows('wake', readWake),
      collectors: all<CollectorReport>('collector'),
      eventTypes: all<Record<string, string[]>>('eventTypes')[0] ?? {},
      eventColumns: all<Record<string, string[]>>('eventColumns')[0] ?? {},
      ...noiseOf(all<HostNoise>('noise')),
      controls: {
        planted: all<PlantedControl>('control'),
        failures: all<ControlFailure>('controlFailure'),
        seen: activities.filter(({ target }) => target === WATCHDOG),
      },
      notes: all<string>('note'),
      self,
    };
    return { evidence, head: readHead(db) };
  } finally {
    db.close();
  }
}

const noiseOf = ([noise]: readonly HostNoise[]): Pick<Evidence, 'noise'> =>
  noise === undefined ? {} : { noise };

function readHead(db: Sqlite): ChainHead {
  const last = db.prepare('SELECT sha256 FROM batch ORDER BY id DESC LIMIT 1').get() as
    | { sha256: string }
    | undefined;
  const { rows } = db.prepare('SELECT coalesce(sum(rows), 0) AS rows FROM batch').get() as { rows: number };
  return { chainHead: last?.sha256 ?? CHAIN_START, rows };
}

function open(path: string): Sqlite {
  try {
    const db = openSqlite(path, { readonly: true, fileMustExist: true });
    if (db.pragma('application_id', { simple: true }) === APPLICATION_ID) return db;
    db.close();
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    throw new IdleproofError('EVIDENCE_READ', { path, problem: (error as Error).message }, error);
  }
  throw new IdleproofError('EVIDENCE_READ', { path, problem: 'it is not an evidence file' });
}
