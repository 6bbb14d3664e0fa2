import { livesIn, type RequestLife } from '../../core/rules/records/request-values.ts';
import type { AppRecord } from '../../core/derive/app-record.ts';
import { exactMs } from '../../core/rules/records/records.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { Slice, TraceProcess } from './tracks.ts';

/** Of one metric and one window. */
const MOST_REQUESTS = 5_000;

/**
 * The requests that the configuration derives from the app's own lines and rows, as slices: from the start to the end, in it the time to the
 * first token and the answer. One that never ended reaches to the end of its window, and says so. What is known to a look only is not drawn.
 */
export function drawRequests(process: TraceProcess, evidence: Evidence, target: string): void {
  const derived = evidence.targets.find(({ name }) => name === target)?.derived ?? {};
  for (const [name, metric] of Object.entries(derived)) {
    if (!('requests' in metric)) continue;
    for (const window of evidence.windows) {
      const { lives } = livesIn(evidence, target, window, metric.requests);
      const drawn = lives.slice(0, MOST_REQUESTS).toSorted((a, b) => a.start.atMs - b.start.atMs);
      for (const life of drawn) drawLife(process, `requests ${name}`, life, window);
    }
  }
}

function drawLife(
  process: TraceProcess,
  group: string,
  { id, start, firstTokens: [firstToken], end }: RequestLife,
  window: Window,
): void {
  const fromMs = exactMs(start);
  const endMs = end === null ? Math.max(window.toMs, start.atMs) : exactMs(end);
  if (fromMs === null || endMs === null) return;
  const firstMs = firstToken === undefined ? null : exactMs(firstToken);
  const parts =
    firstMs === null ? [] : [part('first token', fromMs, firstMs), part('answer', firstMs, endMs)];
  const args = { id, finished: end !== null, ...(end === null ? {} : dataOf(end)) };
  process.slice(group, { ...part(`request ${id}`, fromMs, endMs), args }, parts);
}

const part = (name: string, fromMs: number, toMs: number): Slice => ({
  name,
  category: 'request',
  fromMs,
  toMs,
  args: {},
});

const dataOf = ({ data }: AppRecord): Slice['args'] =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [`data.${name}`, value]));
