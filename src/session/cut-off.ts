import { type LeftBehind, leftBehind, type WindowDocument } from '../core/windows/left-behind.ts';
import { EvidenceReader } from '../evidence/read.ts';
import { documentRow } from '../evidence/rows.ts';
import type { RunEnd } from '../evidence/run-end.ts';
import type { Row } from '../evidence/tables.ts';
import type { OpenedWindow, StretchReport, Window, WindowKey } from '../model/evidence.ts';

/** What the watchdog before this one has left to be done, before anything else is written: it was killed, or could not write a proof. */
export interface CutOff {
  /** Ends what it left open. To be written in one batch, as the end of its run. */
  rows: Row[];
  /** To be judged then. */
  windows: Window[];
  /** Those after whose opening no look was written: there is nothing to be judged. */
  empty: WindowKey[];
  /** Those that cannot be judged any more as they would have been: another run began after them, and nothing can be added to theirs. */
  unknown: WindowKey[];
}

/** What a store tells of windows that were left unfinished. */
export function readLeftBehind(reader: EvidenceReader): LeftBehind {
  return leftBehind(reader.documentsOfKinds(KINDS) as WindowDocument[]);
}

const KINDS: readonly WindowDocument['kind'][] = [
  'run',
  'opening',
  'window',
  'noWindow',
  'waitedFor',
  'verdict',
];

/**
 * Reads what a store's last run has left. What was open ends with the last look that was written; of everything that was not waited
 * for to its end, or would be judged by other rules than then, nobody can say that nothing was lost.
 * @param rulesDigest of the rules that they will be judged by
 * @throws IdleproofError EVIDENCE_READ, EVIDENCE_NEWER
 */
export function readCutOff(storePath: string, rulesDigest: string): CutOff {
  const reader = new EvidenceReader(storePath);
  try {
    const { open, unproved } = readLeftBehind(reader);
    const closed = unproved.filter(({ window }) => window.isCutOff !== true);
    const isHeard = ({ waitedFor }: (typeof unproved)[number]): boolean =>
      waitedFor?.rulesDigest === rulesDigest;
    const unheard = closed.filter((one) => one.isOfLastRun && !isHeard(one));
    const unknown = closed.filter((one) => !one.isOfLastRun && !isHeard(one));
    const asTheyAre = unproved.filter((one) => !unheard.includes(one) && !unknown.includes(one));
    const ended = open.length === 0 ? NOTHING_OPEN : endAll(open, reader.runEnd());
    const cut = [...unheard.map(({ window }): Window => ({ ...window, isCutOff: true })), ...ended.windows];
    return {
      rows: [
        ...ended.reports.map((report) => documentRow('stretch', report)),
        ...cut.map((window) => documentRow('window', window)),
        ...ended.empty.map((key) => documentRow('noWindow', key)),
      ],
      windows: [...asTheyAre.map(({ window }) => window), ...cut].toSorted((a, b) => a.fromMs - b.fromMs),
      empty: ended.empty,
      unknown: unknown.map(({ window: { id, fromMs } }) => ({ id, fromMs })),
    };
  } finally {
    reader.close();
  }
}

interface Ended extends Pick<CutOff, 'windows' | 'empty'> {
  reports: StretchReport[];
}

const NOTHING_OPEN: Ended = { windows: [], empty: [], reports: [] };

function endAll(open: readonly OpenedWindow[], { lastLookMs, stretch }: RunEnd): Ended {
  const toMs = lastLookMs ?? -Infinity;
  const windows = open
    .filter(({ fromMs }) => fromMs < toMs)
    .map((opened): Window => ({ ...opened, toMs, closedBy: 'killed', isCutOff: true }));
  const empty = open.filter(({ fromMs }) => fromMs >= toMs).map(({ id, fromMs }) => ({ id, fromMs }));
  return { windows, empty, reports: stretch === null || windows.length === 0 ? [] : [after(stretch, toMs)] };
}

const UNTOLD = 'the watchdog was killed before it could tell how it knew';
const NOTE =
  'the watchdog was killed: the window ends with the last look that it had written down, and was judged at its next start, by the rules of then';

/** What is known of the stretch that a report should have told of: who was watched and by what, and nothing of how well. */
function after({ toMs: fromMs, ...known }: StretchReport, toMs: number): StretchReport {
  return {
    ...known,
    fromMs,
    toMs,
    collectors: known.collectors.map((report) => ({
      ...report,
      status: report.status === 'ok' ? 'partial' : report.status,
      tier: 'sampled',
      reason: report.reason === null ? UNTOLD : `${UNTOLD}; ${report.reason}`,
      cpuSeconds: null,
    })),
    self: { cpuSeconds: null, wakeups: null, rssBytes: null, connectionsOpened: null },
    noise: null,
    notes: [NOTE],
  };
}
