import { reportOf, type WindowReport } from '../core/windows/window-report.ts';
import { GAP_TICKS } from '../core/derive/timeline.ts';
import { IdleproofError } from '../errors.ts';
import type { Evidence, RunInfo, StretchReport, Window } from '../model/evidence.ts';
import { standingMeasurements } from '../core/measure/standing-measurements.ts';
import type { TakenMeasurement } from '../model/taken-measurement.ts';
import type { TargetReport } from '../model/target.ts';
import type { TimeSpan } from '../model/time.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import type { OpenEvidence } from './open-evidence.ts';
import { type Place, locate } from './placing.ts';
import { assembleRows, type Documents, documentsOf } from './evidence-of-rows.ts';
import { readSegments } from './segments.ts';
import { WindowRows } from './window-rows.ts';
import { columnsOf, type Value } from './tables.ts';

/** Which part of a store is to be read. */
export interface WindowSpan extends TimeSpan {
  /** Of the window; left out: every window that lies in the span. */
  id?: string;
  /** How far before the span causes may lie that excuse something in it; see core/rules/look-back.ts. */
  lookBackMs: number;
}

/** The evidence of one window of a store of many. */
export function readWindow(open: OpenEvidence, path: string, span: WindowSpan): Evidence {
  const { source, place, windows } = find(open, path, span);
  const { all, run, report } = told(source, span, path);
  const { noise, ...known } = report;
  const fromRows = assembleRows(source, all);
  const standing = standingMeasurements(takenIn(open.db, place), span);
  const restarted =
    place.runMs !== null && place.runMs > span.fromMs
      ? [
          `the watchdog was started again ${((place.runMs - span.fromMs) / 1000).toFixed(1)} s after the window opened`,
        ]
      : [];
  return {
    ...fromRows,
    ...known,
    measurements: [...fromRows.measurements, ...standing.measurements],
    baselines: [...fromRows.baselines, ...standing.baselines],
    ...(noise === null ? {} : { noise }),
    notes: [...known.notes, ...notesIn(all), ...restarted],
    run,
    windows,
    controls: controlsIn(fromRows.controls, span),
  };
}

/** The targets of the same window, from the few documents that tell of them. */
export function readTargets(open: OpenEvidence, path: string, span: WindowSpan): TargetReport[] {
  return told(find(open, path, span).source, span, path).report.targets;
}

/** Where the rows of a span are, and which windows lie in it. */
function find(
  { db, layout }: OpenEvidence,
  path: string,
  span: WindowSpan,
): { source: WindowRows; place: Place; windows: Window[] } {
  refuseDropped(db, path, span);
  const found = lastWord(windowsIn(db, span), span);
  if (span.id !== undefined && found.length === 0) throw new IdleproofError('EVIDENCE_NO_WINDOW', { path });
  const place = locate(db, span, found.at(-1)?.batch ?? null);
  if (place === null) throw new IdleproofError('EVIDENCE_UNFINISHED', { path });
  const { fromMs, lookBackMs } = span;
  // Without a cause that lies there, what it led to is not excused; without a trigger, the app looks as if nobody had used it yet.
  refuseDropped(db, path, { fromMs: Math.max(place.runMs ?? -Infinity, fromMs - lookBackMs), toMs: fromMs });
  const windows = found.filter(({ batch }) => batch >= place.runBatch).map(({ window }) => window);
  return { source: new WindowRows(db, layout.tables, place, span), place, windows };
}

/** What documents tell of a span. */
function told(
  source: WindowRows,
  span: WindowSpan,
  path: string,
): { all: Documents; run: RunInfo; report: WindowReport } {
  const all = documentsOf(source);
  const [run] = all<RunInfo>('run');
  if (run === undefined) throw new IdleproofError('EVIDENCE_UNFINISHED', { path });
  const report = reportOf(all<StretchReport>('stretch'), span, GAP_TICKS * run.tickMs);
  if (report === null) throw new IdleproofError('EVIDENCE_UNFINISHED', { path });
  return { all, run, report };
}

/** What was measured on schedule so far, by whichever run of the watchdog. */
function takenIn(db: Sqlite, { toBatch }: Place): TakenMeasurement[] {
  const bodies = prepared(db, "SELECT body FROM document WHERE kind = 'taken' AND batch <= ? ORDER BY rowid")
    .pluck()
    .all(toBatch);
  return bodies.map((body) => JSON.parse(String(body)) as TakenMeasurement);
}

const notesIn = (all: Documents): string[] => [...new Set(all<string>('note'))];

/** What failed before or after is no reason here; what was planted then moved the same counters. */
function controlsIn(controls: Required<Evidence>['controls'], { fromMs, toMs }: TimeSpan): typeof controls {
  const failures = controls.failures.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return { ...controls, failures };
}

function refuseDropped(db: Sqlite, path: string, { fromMs, toMs }: TimeSpan): void {
  const gone = readSegments(db, true).find(
    (segment) =>
      (segment.state === 'dropped' || segment.state === 'thinned') &&
      segment.fromMs <= toMs &&
      (segment.toMs ?? segment.fromMs) > fromMs,
  );
  if (gone !== undefined) throw new IdleproofError('EVIDENCE_DROPPED', { path, state: gone.state });
}

/** Of a window that was amended: as it was when it ended here, else as it was written last. */
function lastWord<T extends { window: Window }>(found: readonly T[], { toMs }: TimeSpan): T[] {
  const words = new Map<string, T>();
  for (const one of found) {
    const key = JSON.stringify([one.window.id, one.window.fromMs]);
    const known = words.get(key);
    if (known === undefined || known.window.toMs !== toMs || one.window.toMs === toMs) words.set(key, one);
  }
  return [...words.values()];
}

/** The windows of a span, with the batches that wrote them. */
function windowsIn(db: Sqlite, { id, fromMs, toMs }: WindowSpan): { window: Window; batch: number }[] {
  const rows = prepared(
    db,
    `SELECT batch, ${columnsOf('document').join(', ')} FROM document WHERE kind = 'window' ORDER BY rowid`,
  )
    .raw()
    .all() as Value[][];
  return rows
    .map((values) => ({ batch: Number(values[0]), window: JSON.parse(String(values.at(-1))) as Window }))
    .filter(
      ({ window }) =>
        window.fromMs >= fromMs && window.toMs <= toMs && (id === undefined || window.id === id),
    );
}
