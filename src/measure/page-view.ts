import type { CDPSession } from 'playwright-core';
import { z } from 'zod';
import { interactiveAt } from '../core/measure/interactive.ts';
import type { PageRequests } from '../core/measure/page-requests.ts';

/** The name of the world that we look from: what the page does to its own globals does not reach it. */
const WORLD = 'idleproof';

const OBSERVE = `
  globalThis.tasks = [];
  globalThis.largest = null;
  globalThis.keep = (entries) => { for (const { startTime, duration } of entries) if (tasks.length < 100000) tasks.push([startTime, duration]); };
  globalThis.taskObserver = new PerformanceObserver((list) => keep(list.getEntries()));
  taskObserver.observe({ type: 'longtask', buffered: true });
  globalThis.paintObserver = new PerformanceObserver((list) => { for (const { startTime } of list.getEntries()) largest = startTime; });
  paintObserver.observe({ type: 'largest-contentful-paint', buffered: true });`;

const LOOK = `(() => {
  keep(taskObserver.takeRecords());
  for (const { startTime } of paintObserver.takeRecords()) largest = startTime;
  const [navigation] = performance.getEntriesByType('navigation');
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return {
    now: performance.now(), tasks, largest, paint: paint ? paint.startTime : null,
    contentLoaded: navigation && navigation.domContentLoadedEventEnd || null, loaded: navigation && navigation.loadEventEnd || null,
  };
})()`;

/** What the page tells of itself; times from the start of its document, in milliseconds. */
interface PageTimes {
  now: number;
  /** Stretches in which it could not answer: when each began, and how long it lasted. */
  tasks: [number, number][];
  largest: number | null;
  paint: number | null;
  contentLoaded: number | null;
  loaded: number | null;
}

const pageTimes: z.ZodType<PageTimes> = z.object({
  now: z.number(),
  tasks: z.array(z.tuple([z.number(), z.number()])).max(100_000),
  largest: z.number().nullable(),
  paint: z.number().nullable(),
  contentLoaded: z.number().nullable(),
  loaded: z.number().nullable(),
});

/** A page as it was at one moment. */
export interface Looked {
  page: PageTimes;
  /** When it could be used, from the start of the navigation; null: not yet. */
  interactiveMs: number | null;
}

/** Looks from a world of our own in each document of the page; returns how to learn which one is there now. */
export async function lookFrom(cdp: CDPSession, frameId: string): Promise<() => number | null> {
  let contextId: number | null = null;
  cdp.on('Runtime.executionContextCreated', ({ context }) => {
    const of = context.auxData as { frameId?: string } | undefined;
    if (context.name === WORLD && of?.frameId === frameId) contextId = context.id;
  });
  cdp.on('Runtime.executionContextsCleared', () => {
    contextId = null;
  });
  await cdp.send('Page.enable');
  await cdp.send('Runtime.enable');
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: OBSERVE, worldName: WORLD });
  return () => contextId;
}

/** Looks at the page once. @returns null: there is no document to look at just now */
export async function lookAt(
  cdp: CDPSession,
  contextId: number | null,
  requests: PageRequests,
): Promise<Looked | null> {
  if (contextId === null) return null;
  const answer = await cdp
    .send('Runtime.evaluate', { contextId, expression: LOOK, returnByValue: true })
    .catch((error: unknown) => {
      // The page went on to another document while it was asked.
      if (/context/i.test((error as Error).message)) return null;
      throw error;
    });
  const page = pageTimes.safeParse(answer?.result.value).data;
  if (page === undefined) return null;
  const onMs = requests.sentOnSeconds * 1000;
  const later = (ms: number | null): number | null => (ms === null ? null : ms + onMs);
  const interactiveMs = interactiveAt({
    firstPaintMs: later(page.paint),
    contentLoadedMs: later(page.contentLoaded),
    longTasks: page.tasks.map(([from, lasted]) => ({ fromMs: from + onMs, toMs: from + lasted + onMs })),
    requests: requests.requests(),
    untilMs: page.now + onMs,
  });
  return { page, interactiveMs };
}
