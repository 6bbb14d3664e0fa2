import { redactCmdline } from '../../core/parse/cmdline.ts';
import { counted } from '../../core/wording/amounts.ts';
import { statisticsOf } from '../../core/measure/statistics.ts';
import { IdleproofError } from '../../errors.ts';
import { loadPage, type NetworkShape, openBrowser, type PageLoad } from '../../measure/page-load.ts';
import type { TargetSpec } from '../../model/target.ts';
import { whileSampling } from './measure.ts';
import type { Found, ProbeContext, UsingProbe } from './plan.ts';
import { pathOf } from './request-conditions.ts';

export interface PagePlan {
  url: string;
  browser: string;
  runs: number;
  shape: NetworkShape;
  timeoutMs: number;
  /** Who answers; null: nobody that can be looked at. */
  server: TargetSpec | null;
  id: string | null;
}

const MOST_LISTED = 20;

/** A page in a real browser, from the start of the navigation until it can be used, each time with nothing in the cache. */
export function probePage(plan: PagePlan): UsingProbe {
  return async ({ signal, sample, announce, onProgress, note }) => {
    const sampling = plan.server === null ? null : sample(plan.server);
    if (sampling !== null) announce(sampling.processes);
    const browser = await launch(plan.browser);
    const close = (): void => void browser.close();
    signal.addEventListener('abort', close, { once: true });
    const loads: PageLoad[] = [];
    try {
      await whileSampling(sampling, async () => {
        // The first one pays for starting the browser's own parts, and is not counted.
        for (let run = 0; run <= plan.runs && !signal.aborted; run += 1) {
          onProgress(run, plan.runs + 1);
          const load = await loadOnce(plan, signal, () => loadPage(browser, plan));
          if (load !== null && run > 0) loads.push(load);
        }
      });
    } finally {
      signal.removeEventListener('abort', close);
      await browser.close();
    }
    const failures = sayFailures(loads, note);
    return {
      measurements: foundOf(plan, loads, problemOf(plan, loads)),
      conditions: {
        path: pathOf(plan.url),
        downBitsPerSecond: plan.shape.downBitsPerSecond ?? 'any',
        upBitsPerSecond: plan.shape.upBitsPerSecond ?? 'any',
        latencyMs: plan.shape.latencyMs,
      },
      versions: { browser: browser.version() },
      facts: {
        url: redactCmdline([plan.url]),
        browser: browser.version(),
        network: plan.shape,
        runs: plan.runs,
        loads: loads.map((load) => ({ ...load, failures: load.failures.length })),
        failedRequests: failures,
      },
    };
  };
}

async function launch(path: string): ReturnType<typeof openBrowser> {
  try {
    return await openBrowser(path);
  } catch (error) {
    const [problem = ''] = (error as Error).message.split('\n');
    throw new IdleproofError('MEASURE_BROWSER', { problem: `${path} does not start (${problem})` }, error);
  }
}

/** null: interrupted. A page that is not there, or refused, is loaded fast: it is an error, and no measurement. */
async function loadOnce(
  { url }: PagePlan,
  signal: AbortSignal,
  load: () => Promise<PageLoad>,
): Promise<PageLoad | null> {
  let loaded: PageLoad;
  try {
    loaded = await load();
  } catch (error) {
    if (signal.aborted) return null;
    const [problem = ''] = (error as Error).message.split('\n');
    throw new IdleproofError('MEASURE_NO_ANSWER', { url, problem }, error);
  }
  if (signal.aborted) return null;
  const { status } = loaded;
  if (status !== null && (status < 200 || status > 299))
    throw new IdleproofError('MEASURE_OUTPUT', {
      problem: `${url} answers with status ${status}`,
      hint: 'Is it the address of the page itself? It has to be there without signing in.',
    });
  return loaded;
}

/** Why the loads must not be gone by; null: they may be. */
function problemOf({ runs, timeoutMs }: PagePlan, loads: readonly PageLoad[]): string | null {
  const shaped = loads.find(({ problem }) => problem !== null);
  if (shaped !== undefined) return shaped.problem;
  const broken = loads.flatMap(({ failures }) => failures.find(({ isNeeded }) => isNeeded) ?? []);
  const [first] = broken;
  if (first !== undefined)
    return `in ${broken.length} of ${counted(loads.length, 'load')} the page was not whole: ${first.type} ${redactCmdline([first.url])}: ${first.problem}`;
  const late = loads.filter(({ interactiveSeconds }) => interactiveSeconds === null).length;
  if (late > 0)
    return `in ${late} of ${counted(loads.length, 'load')} it could not be used within ${timeoutMs / 1000} s`;
  return loads.length < runs ? 'it was interrupted' : null;
}

/** Requests that came to nothing, each once. */
function sayFailures(loads: readonly PageLoad[], note: ProbeContext['note']): unknown[] {
  const all = new Map(
    loads.flatMap(({ failures }) =>
      failures.map(({ url, ...rest }) => {
        const harmless = redactCmdline([url]);
        return [harmless, { url: harmless, ...rest }] as const;
      }),
    ),
  );
  const [first] = all.values();
  if (first !== undefined)
    note(
      `${counted(all.size, 'request')} of the page came to nothing, such as ${first.url}: ${first.problem}`,
    );
  return [...all.values()].slice(0, MOST_LISTED);
}

function foundOf({ id }: PagePlan, loads: readonly PageLoad[], problem: string | null): Found[] {
  const many = (name: string, of: (load: PageLoad) => number | null): Found => {
    const values = loads.map(of).filter((value) => value !== null);
    const missing = loads.length - values.length;
    const unknown =
      missing > 0 ? `in ${missing} of ${counted(loads.length, 'load')} it did not happen` : null;
    return { name, id, ...statisticsOf(values), problem: problem ?? unknown };
  };
  return [
    many('page.interactive', ({ interactiveSeconds }) => interactiveSeconds),
    many('page.firstPaint', ({ firstPaintSeconds }) => firstPaintSeconds),
    many('page.largestPaint', ({ largestPaintSeconds }) => largestPaintSeconds),
    many('page.loaded', ({ loadedSeconds }) => loadedSeconds),
    many('page.blocked', ({ blockedSeconds }) => blockedSeconds),
    many('page.transferred', ({ transferredBytes }) => transferredBytes),
  ];
}
