import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession } from 'playwright-core';
import { type FailedRequest, PageRequests } from '../core/measure/page-requests.ts';
import { lookAt, type Looked, lookFrom } from './page-view.ts';

/** How slow the network is made. Null: as it is. */
export interface NetworkShape {
  downBitsPerSecond: number | null;
  upBitsPerSecond: number | null;
  /** Added to each request. */
  latencyMs: number;
}

/** One load of a page, from the start of the navigation; null: it never came to that. */
export interface PageLoad {
  interactiveSeconds: number | null;
  firstPaintSeconds: number | null;
  largestPaintSeconds: number | null;
  loadedSeconds: number | null;
  /** Stretches in which it could not answer, of more than 50 ms each, together. */
  blockedSeconds: number | null;
  requests: number;
  transferredBytes: number;
  status: number | null;
  failures: FailedRequest[];
  /** Why the numbers are not those of the page, or of the network that was asked for. */
  problem: string | null;
}

const POLL_MS = 250;
/** What the browser may be faster by than was asked for, by how bytes and times are counted. */
const SHAPE_TOLERANCE = 1.5;
/** Less than this is sent in one piece. */
const SHAPED_BYTES = 50_000;

/** Opens a browser without a window. As root Chromium needs to go without its sandbox. */
export async function openBrowser(executablePath: string): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const args = process.geteuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args, handleSIGINT: false, handleSIGTERM: false });
}

/**
 * Loads a page with nothing in the cache, and looks at it until it can be used.
 * @throws Error where nobody answers, or the browser ends
 */
export async function loadPage(
  browser: Browser,
  { url, shape, timeoutMs }: { url: string; shape: NetworkShape; timeoutMs: number },
): Promise<PageLoad> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    const { frameTree } = await cdp.send('Page.getFrameTree');
    const frameId = frameTree.frame.id;
    const requests = record(cdp, frameId);
    const world = await lookFrom(cdp, frameId);
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: shape.latencyMs,
      downloadThroughput: (shape.downBitsPerSecond ?? -8) / 8,
      uploadThroughput: (shape.upBitsPerSecond ?? -8) / 8,
    });
    const ends = Date.now() + timeoutMs;
    const going = cdp.send('Page.navigate', { url });
    const gone = await inTime(going, timeoutMs);
    // Of an answer with an error and no body the browser makes a failure; its status says more.
    if (requests.isRefused) return loadOf(null, requests, shape);
    if (gone?.errorText !== undefined && gone.errorText !== '') throw new Error(gone.errorText);
    let last: Looked | null = null;
    while (Date.now() < ends && last?.interactiveMs == null) {
      await sleep(POLL_MS);
      last = (await inTime(lookAt(cdp, world(), requests), Math.max(1, ends - Date.now()))) ?? last;
    }
    return loadOf(last, requests, shape);
  } finally {
    await context.close();
  }
}

function record(cdp: CDPSession, frameId: string): PageRequests {
  const requests = new PageRequests(frameId);
  cdp.on('Network.requestWillBeSent', (event) => requests.sent(event));
  cdp.on('Network.responseReceived', ({ requestId, response }) =>
    requests.answered(requestId, response.status),
  );
  cdp.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) =>
    requests.finished(requestId, timestamp, encodedDataLength),
  );
  cdp.on('Network.loadingFailed', ({ requestId, timestamp, errorText }) =>
    requests.failed(requestId, timestamp, errorText),
  );
  return requests;
}

function loadOf(last: Looked | null, requests: PageRequests, shape: NetworkShape): PageLoad {
  const onMs = requests.sentOnSeconds * 1000;
  const seconds = (ms: number | null | undefined): number | null => (ms == null ? null : (ms + onMs) / 1000);
  return {
    interactiveSeconds: last?.interactiveMs == null ? null : last.interactiveMs / 1000,
    firstPaintSeconds: seconds(last?.page.paint),
    largestPaintSeconds: seconds(last?.page.largest),
    loadedSeconds: seconds(last?.page.loaded),
    blockedSeconds:
      last === null ? null : last.page.tasks.reduce((sum, [, lasted]) => sum + lasted, 0) / 1000,
    requests: requests.count,
    transferredBytes: requests.transferredBytes,
    status: requests.documentStatus,
    failures: requests.failures(),
    problem: requests.isCut ? 'it made too many requests to follow' : notShaped(requests, shape),
  };
}

/** A network that was to be slow and was not would flatter the page. */
function notShaped(requests: PageRequests, { downBitsPerSecond, latencyMs }: NetworkShape): string | null {
  const fastestMs = requests.fastestMs();
  if (latencyMs > 0 && fastestMs !== null && fastestMs < latencyMs / SHAPE_TOLERANCE)
    return `the browser did not slow the network down: an answer came after ${Math.round(fastestMs)} ms`;
  const rate = requests.bytesPerSecond();
  const isMuch = requests.transferredBytes >= SHAPED_BYTES;
  if (downBitsPerSecond !== null && isMuch && rate !== null && rate * 8 > downBitsPerSecond * SHAPE_TOLERANCE)
    return `the browser did not slow the network down: ${Math.round((rate * 8) / 1000)} kbit/s came through`;
  return null;
}

/** null: it takes longer. What is given up ends with the page, and is nobody's error then. */
async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T | null> {
  work.catch(() => {});
  const timer = new AbortController();
  try {
    return await Promise.race([work, sleep(timeoutMs, null, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
