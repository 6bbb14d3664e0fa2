import type { TimeSpan } from '../../model/time.ts';

/** A page's request, in milliseconds since the navigation began. */
export interface PageRequest {
  fromMs: number;
  /** null: it has not ended yet. */
  toMs: number | null;
  isScript: boolean;
}

/** What a page has done so far, in milliseconds since the navigation began. */
export interface PageProgress {
  /** The first content that was painted; null: none yet. */
  firstPaintMs: number | null;
  /** The document and the scripts that it waits for have run; null: not yet. */
  contentLoadedMs: number | null;
  /** Stretches of more than 50 ms in which the page could not answer. */
  longTasks: readonly TimeSpan[];
  requests: readonly PageRequest[];
  /** Until when it was looked at. */
  untilMs: number;
}

const QUIET_MS = 5_000;
const MOST_REQUESTS_IN_QUIET = 2;

/**
 * When a page could be used: the end of the last long task before the first 5 s after the first paint without a long task and with at most
 * two requests on their way (Time to Interactive, https://github.com/WICG/time-to-interactive), and no earlier than the document
 * was loaded. Stricter than that: scripts on their way are waited for. Null: not yet, or it is not known yet.
 */
export function interactiveAt(page: PageProgress): number | null {
  const { firstPaintMs, contentLoadedMs, longTasks, requests, untilMs } = page;
  if (firstPaintMs === null || contentLoadedMs === null) return null;
  const busy = [...longTasks, ...crowdedSpans(requests)].toSorted((a, b) => a.fromMs - b.fromMs);
  let quietFromMs = firstPaintMs;
  for (const { fromMs, toMs } of busy) {
    if (fromMs >= quietFromMs + QUIET_MS) break;
    quietFromMs = Math.max(quietFromMs, toMs);
  }
  if (untilMs < quietFromMs + QUIET_MS) return null;
  const scripts = requests.flatMap(({ toMs, isScript }) => (isScript && toMs !== null ? [toMs] : []));
  const ends = [...longTasks.map(({ toMs }) => toMs), ...scripts].filter((atMs) => atMs <= quietFromMs);
  return ends.reduce((latest, atMs) => Math.max(latest, atMs), Math.max(firstPaintMs, contentLoadedMs));
}

/** Where more requests are on their way than a quiet page has, or a script is. */
function crowdedSpans(requests: readonly PageRequest[]): TimeSpan[] {
  const edges = requests
    .flatMap(({ fromMs, toMs, isScript }) => [
      { atMs: fromMs, step: 1, isScript },
      { atMs: toMs ?? Number.POSITIVE_INFINITY, step: -1, isScript },
    ])
    .toSorted((a, b) => a.atMs - b.atMs);
  const spans: TimeSpan[] = [];
  let [open, scripts] = [0, 0];
  let fromMs: number | null = null;
  for (const { atMs, step, isScript } of edges) {
    open += step;
    if (isScript) scripts += step;
    const isCrowded = open > MOST_REQUESTS_IN_QUIET || scripts > 0;
    if (isCrowded) fromMs ??= atMs;
    else if (fromMs !== null) {
      spans.push({ fromMs, toMs: atMs });
      fromMs = null;
    }
  }
  return spans;
}
