import { IdleproofError } from '../errors.ts';
import type { CollectorReport, Evidence, HostNoise, RunInfo, SelfReport, Window } from '../model/evidence.ts';
import type { TargetReport } from '../model/target.ts';
import { prepared } from '../os/sqlite.ts';
import { type OpenEvidence, openEvidence } from './open-evidence.ts';
import type { RowRange } from './batch-rows.ts';
import { assembleRows, type Documents, documentsOf } from './evidence-of-rows.ts';
import { ALL_ROWS, readActivities, readTable, type RowSource, wholeTable } from './row-source.ts';
import { readSamples } from './sample-columns.ts';
import { readChainEnd } from './segments.ts';
import { type RunEnd, readRunEnd } from './run-end.ts';
import { readTargets, readWindow, type WindowSpan } from './read-window.ts';
import type { DocumentKind } from './rows.ts';
import type { ChainHead } from './store.ts';
import type { TableName, Value } from './tables.ts';

export interface StoredEvidence {
  evidence: Evidence;
  /** The chain's head when it was read; the rows of the whole chain. */
  head: ChainHead;
}

/**
 * Reads a finished run back from its evidence file; with a span, the evidence of one window of a store that may still be
 * written. All judging starts here, also right after the run itself.
 * Throws EVIDENCE_READ, EVIDENCE_NEWER, EVIDENCE_UNFINISHED; with a span EVIDENCE_NO_WINDOW and EVIDENCE_DROPPED, too.
 */
export function readEvidence(path: string, span?: WindowSpan): StoredEvidence {
  const reader = new EvidenceReader(path);
  try {
    return span === undefined ? reader.run() : reader.window(span);
  } finally {
    reader.close();
  }
}

/** Reads one evidence file again and again, as a run of days does; see `readEvidence`. */
export class EvidenceReader {
  readonly #path: string;
  readonly #open: OpenEvidence;

  constructor(path: string) {
    this.#path = path;
    this.#open = openEvidence(path);
  }

  /** The whole of a finished run. */
  run(): StoredEvidence {
    const { db, layout } = this.#open;
    const rows = (table: TableName): Iterable<readonly Value[]> => this.#rows(table);
    const whole = (table: TableName): RowRange[] => (layout.tables.has(table) ? [wholeTable(db, table)] : []);
    return this.#atOnce((head) => {
      const source: RowSource = {
        rows,
        samples: () => readSamples(db, whole('sample'), whole('sample_block')),
        activities: () => readActivities(db, wholeTable(db, 'activity')),
        processes: () => rows('process'),
      };
      const all = documentsOf(source);
      return { evidence: { ...assembleRows(source, all), ...wholeRun(all, this.#path) }, head };
    });
  }

  /** Every window that was closed and is kept, in the order of writing. */
  windows(): Window[] {
    return this.documents<Window>('window');
  }

  /** All documents of a kind that are kept, in the order of writing. */
  documents<T>(kind: DocumentKind): T[] {
    const { db } = this.#open;
    const bodies = prepared(db, `SELECT body FROM document WHERE kind = '${kind}' ORDER BY rowid`)
      .pluck()
      .all();
    return bodies.map((body) => JSON.parse(String(body)) as T);
  }

  /** The same of several kinds, each with its kind. */
  documentsOfKinds(kinds: readonly DocumentKind[]): { kind: DocumentKind; body: unknown }[] {
    const { db } = this.#open;
    const places = kinds.map(() => '?').join(', ');
    const rows = prepared(db, `SELECT kind, body FROM document WHERE kind IN (${places}) ORDER BY rowid`).all(
      kinds,
    ) as { kind: DocumentKind; body: string }[];
    return rows.map(({ kind, body }) => ({ kind, body: JSON.parse(body) as unknown }));
  }

  /** How far the last run of a store of many windows was written. */
  runEnd(): RunEnd {
    return readRunEnd(this.#open.db);
  }

  /** One window of a store of many. */
  window(span: WindowSpan): StoredEvidence {
    this.#refuseOne();
    return this.#atOnce((head) => ({ evidence: readWindow(this.#open, this.#path, span), head }));
  }

  /** The targets of one window of a store of many, without reading what was seen of them. */
  targets(span: WindowSpan): TargetReport[] {
    this.#refuseOne();
    return this.#atOnce(() => readTargets(this.#open, this.#path, span));
  }

  close(): void {
    this.#open.db.close();
  }

  /** Of a table that earlier layouts did not have, none. */
  #rows(table: TableName): Iterable<readonly Value[]> {
    const { db, layout } = this.#open;
    return layout.tables.has(table) ? readTable(db, table, wholeTable(db, table), ALL_ROWS) : [];
  }

  /** Before there were segments, a file held one run without windows of its own. */
  #refuseOne(): void {
    if (!this.#open.layout.hasSegments) throw new IdleproofError('EVIDENCE_NO_WINDOW', { path: this.#path });
  }

  /** One state of the file, whatever is written meanwhile. */
  #atOnce<T>(read: (head: ChainHead) => T): T {
    const { db, layout } = this.#open;
    db.exec('BEGIN');
    try {
      const { head: chainHead, rows } = readChainEnd(db, layout.hasSegments);
      return read({ chainHead, rows });
    } catch (error) {
      if (error instanceof IdleproofError) throw error;
      throw new IdleproofError(
        'EVIDENCE_READ',
        { path: this.#path, problem: (error as Error).message },
        error,
      );
    } finally {
      db.exec('COMMIT');
    }
  }
}

/** What a run of one window has written once, at its end. */
function wholeRun(all: Documents, path: string): Omit<Evidence, keyof ReturnType<typeof assembleRows>> {
  const [run] = all<RunInfo>('run');
  const [self] = all<SelfReport>('self');
  const [noise] = all<HostNoise>('noise');
  if (run === undefined || self === undefined) throw new IdleproofError('EVIDENCE_UNFINISHED', { path });
  return {
    run,
    windows: all<Window>('window'),
    targets: all<TargetReport>('target'),
    collectors: all<CollectorReport>('collector'),
    eventTypes: all<Record<string, string[]>>('eventTypes')[0] ?? {},
    eventColumns: all<Record<string, string[]>>('eventColumns')[0] ?? {},
    ...(noise === undefined ? {} : { noise }),
    notes: all<string>('note'),
    self,
  };
}
