import autocannon, { type Client } from 'autocannon';
import { GrownValues } from './grown-values.ts';
import { type LostRequests, mendClient } from './load-clients.ts';

export interface HttpLoadPlan {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
  concurrency: number;
  /** So many requests, or for so long. */
  amount: { requests: number } | { durationMs: number };
  /** How long an answer may take. */
  timeoutMs: number;
}

/** What came of a load, as it was counted. */
export interface HttpLoad {
  concurrency: number;
  /** From the first request to the end of the last answer, or of the run where some were never answered. */
  elapsedSeconds: number;
  /** From each request to the end of its answer, of answers with a status of 2xx. */
  latencySeconds: Float64Array;
  /** Answers by status. */
  statusCodes: Record<string, number>;
  /** What the bodies of all answers came to. */
  bodyBytes: number;
  timeouts: number;
  /** Requests that got no whole answer for another reason, by that reason: `ECONNREFUSED`, `closed`; `unanswered` at the end of the run. */
  failures: Record<string, number>;
  /** When answers with a status of 2xx came, in hundredths of a second from the first request: how many in each. */
  answersPerCentisecond: Uint32Array;
  /** The run ended before all was asked that should have been. */
  isCut: boolean;
}

/** So many answers at most: what they are summed up from is held in memory. */
export const MOST_REQUESTS = 10_000_000;

/** A run ends at one of these samples. */
const SAMPLE_MS = 100;
const CENTISECOND_MS = 10;
/** A request that has waited for less may be one that the end of the run has cut off. */
const CUT_OFF_MS = 1_000;

/**
 * Sends requests over so many connections, on each one after the other, as fast as they are answered (a closed loop: a slow answer delays the
 * requests after it, so that latencies are those of so many users who wait).
 */
export async function loadHttp(plan: HttpLoadPlan, signal: AbortSignal): Promise<HttpLoad> {
  const { url, method, headers, body, amount, timeoutMs } = plan;
  const concurrency = 'requests' in amount ? Math.min(plan.concurrency, amount.requests) : plan.concurrency;
  const latencies = new GrownValues();
  const statusCodes: Record<string, number> = {};
  const failures: Record<string, number> = {};
  const lost: LostRequests = { closed: 0, waitedMs: [] };
  const bins: number[] = [];
  let timeouts = 0;
  let answers = 0;
  let bodyBytes = 0;
  let longestMs = 0;
  let isCut = false;
  const startMs = performance.now();
  let lastMs = startMs;
  const instance = autocannon({
    url,
    method,
    headers,
    ...(body === null ? {} : { body }),
    connections: concurrency,
    ...('requests' in amount ? { amount: amount.requests } : { duration: amount.durationMs / 1000 }),
    sampleInt: SAMPLE_MS,
    setupClient: (client) => {
      // As an option it would be whole seconds, one at least.
      client.timeout = timeoutMs;
      mendClient(client, lost);
      client.on('body', (piece: Buffer) => {
        bodyBytes += piece.length;
      });
    },
  });
  const stop = (): void => {
    isCut = true;
    instance.stop();
  };
  instance.on('response', (_: Client, status: number, __: number, tookMs: number) => {
    lastMs = performance.now();
    answers += 1;
    longestMs = Math.max(longestMs, tookMs);
    statusCodes[status] = (statusCodes[status] ?? 0) + 1;
    if (status < 200 || status > 299) return;
    latencies.add(tookMs / 1000);
    const bin = Math.floor((lastMs - startMs) / CENTISECOND_MS);
    bins[bin] = (bins[bin] ?? 0) + 1;
    if (answers >= MOST_REQUESTS && !isCut) stop();
  });
  instance.on('reqError', ({ message, code }: NodeJS.ErrnoException) => {
    lastMs = performance.now();
    if (message === 'request timed out') timeouts += 1;
    else failures[code ?? 'error'] = (failures[code ?? 'error'] ?? 0) + 1;
  });
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    await instance;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (lost.closed > 0) failures['closed'] = (failures['closed'] ?? 0) + lost.closed;
  const endMs = 'requests' in amount && !isCut ? lastMs : performance.now();
  // Of a slow server an answer may take longer than any before; but what waits for most of a run is never an ordinary end of it.
  const halfMs = (endMs - startMs) / 2;
  const patienceMs = Math.max(longestMs, Math.min(halfMs, Math.max(2 * longestMs, CUT_OFF_MS)));
  const unanswered = lost.waitedMs.filter((waitedMs) => answers === 0 || waitedMs > patienceMs).length;
  if (unanswered > 0) failures['unanswered'] = unanswered;
  return {
    concurrency,
    elapsedSeconds: (endMs - startMs) / 1000,
    latencySeconds: latencies.values(),
    statusCodes,
    bodyBytes,
    timeouts,
    failures,
    answersPerCentisecond: Uint32Array.from({ length: bins.length }, (_, index) => bins[index] ?? 0),
    isCut,
  };
}
