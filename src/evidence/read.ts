import { IdleproofError } from '../errors.ts';
import type { CollectorReport, Evidence, HostNoise, RunInfo, SelfReport, Window } from '../model/evidence.ts';
import type { TargetReport } from '../model/target.ts';
import { openEvidence } from './open-evidence.ts';
import { assembleRows, documentsOf } from './evidence-of-rows.ts';
import { readChainEnd } from './segments.ts';
import { readWindow, type WindowSpan } from './read-window.ts';
import type { ChainHead } from './store.ts';
import { columnsOf, type Row, type Value } from './tables.ts';

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
  const { db, layout } = openEvidence(path);
  try {
    // One state of the file, whatever is written meanwhile.
    db.exec('BEGIN');
    if (span !== undefined && !layout.hasSegments) throw new IdleproofError('EVIDENCE_NO_WINDOW', { path });
    const { head: chainHead, rows: count } = readChainEnd(db, layout.hasSegments);
    const head = { chainHead, rows: count };
    if (span !== undefined) return { evidence: readWindow(db, path, span), head };
    const rows = [...layout.tables].flatMap((table): Row[] =>
      (
        db
          .prepare(`SELECT ${columnsOf(table).join(', ')} FROM ${table} ORDER BY rowid`)
          .raw()
          .all() as Value[][]
      ).map((values) => ({ table, values })),
    );
    return { evidence: { ...assembleRows(rows), ...wholeRun(rows, path) }, head };
  } finally {
    db.close();
  }
}

/** What a run of one window has written once, at its end. */
function wholeRun(rows: readonly Row[], path: string): Omit<Evidence, keyof ReturnType<typeof assembleRows>> {
  const all = documentsOf(rows);
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
