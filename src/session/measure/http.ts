import { redactCmdline } from '../../core/parse/cmdline.ts';
import { rateOf } from '../../core/measure/rate.ts';
import { counted } from '../../core/wording/amounts.ts';
import { shareOf } from '../../core/measure/share-interval.ts';
import { statisticsOf } from '../../core/measure/statistics.ts';
import { IdleproofError } from '../../errors.ts';
import type { Statistic } from '../../model/measurement.ts';
import type { TargetSpec } from '../../model/target.ts';
import { type HttpLoad, type HttpLoadPlan, loadHttp, MOST_REQUESTS } from '../../measure/http-load.ts';
import { whileSampling } from './measure.ts';
import type { Found, Probed, UsingProbe } from './plan.ts';
import { bodyDigestOf, pathOf } from './request-conditions.ts';
import type { Sampling } from './sampling.ts';

export interface HttpProbePlan extends HttpLoadPlan {
  /** Who answers; null: nobody that can be looked at. */
  server: TargetSpec | null;
  id: string | null;
}

/** Where more requests than this failed, or more connections hang, those that were answered tell nothing of what a user waits for. */
const MOST_FAILED = 0.05;

/** A load that busy has measured the load generator as much as the server. */
const BUSY = 0.9;

/** Latency, throughput and failures of an HTTP server under load. */
export function probeHttp(plan: HttpProbePlan): UsingProbe {
  return async ({ signal, sample, announce, note }) => {
    const sampling = plan.server === null ? null : sample(plan.server);
    if (sampling !== null) announce(sampling.processes);
    const { load, busy } = await whileSampling(sampling, () => loadAlone(plan, signal));
    refuseSilence(plan.url, load);
    if (busy > BUSY && load.elapsedSeconds >= 1)
      note(
        `the load generator used ${Math.round(busy * 100)} % of a core: the server may be faster than what was measured`,
      );
    if (load.concurrency < plan.concurrency)
      note(`only ${load.concurrency} connections were used, one for each request`);
    sayFailed(load, note);
    if (load.bodyBytes === 0 && load.latencySeconds.length > 0 && plan.method !== 'HEAD')
      note('no answer had a body: 2xx is all that was looked at');
    const probed = probedOf(plan, load, busy);
    if (sampling === null) return probed;
    return { ...probed, measurements: [...probed.measurements, ...usageOf(plan, probed, sampling, note)] };
  };
}

/** The load, and how busy the load generator was with it, as a share of a core; the looks before and after are not its own. */
async function loadAlone(plan: HttpLoadPlan, signal: AbortSignal): Promise<{ load: HttpLoad; busy: number }> {
  const before = process.cpuUsage();
  const load = await loadHttp(plan, signal);
  const { user, system } = process.cpuUsage(before);
  return { load, busy: (user + system) / 1e6 / load.elapsedSeconds };
}

/** What the server used meanwhile. What could not be read is left out, and told. */
function usageOf(
  { id }: HttpProbePlan,
  { measurements }: Probed,
  sampling: Sampling,
  note: (text: string) => void,
): Found[] {
  const { cpuPercent, rssBytesMax } = sampling.usage();
  const problem = measurements[0]?.problem ?? null;
  const found = Object.entries({ 'http.cpu': cpuPercent, 'http.memory': rssBytesMax });
  return found.flatMap(([name, value]): Found[] => {
    if (value !== null)
      return [{ name, id, count: 1, statistics: { value: { value, interval: null } }, problem }];
    note(`${name}: what the server used meanwhile could not be read whole`);
    return [];
  });
}

/** Not a single answer, and nobody there: nothing was measured. */
function refuseSilence(url: string, { statusCodes, timeouts, failures, isCut }: HttpLoad): void {
  if (Object.keys(statusCodes).length > 0 || timeouts > 0 || isCut) return;
  const problem = Object.keys(failures).join(', ') || 'no request was sent';
  throw new IdleproofError('MEASURE_NO_ANSWER', { url, problem });
}

/** A server that refuses most is fast with the rest. */
function sayFailed(load: HttpLoad, note: (text: string) => void): void {
  const all = requestsOf(load);
  const failed = all - load.latencySeconds.length;
  if (failed > 0)
    note(`${failed} of ${counted(all, 'request')} failed: http.latency is that of the others alone`);
}

function probedOf(plan: HttpProbePlan, load: HttpLoad, busy: number): Probed {
  const { latencySeconds, elapsedSeconds, statusCodes, timeouts, failures } = load;
  const success = latencySeconds.length;
  const answered = sum(statusCodes);
  const all = requestsOf(load);
  const problem = load.isCut
    ? all >= MOST_REQUESTS
      ? `only the first ${MOST_REQUESTS} answers were measured`
      : 'it was interrupted'
    : hanging(plan, load);
  const throughput = rateOf(success, elapsedSeconds, load.answersPerCentisecond);
  const errors = shareOf(all - success, all);
  const timedOut = shareOf(timeouts, all);
  const one = (name: string, value: typeof errors): Found => ({
    name,
    id: plan.id,
    count: all,
    statistics: value === null ? {} : { value },
    problem,
  });
  const latency = statisticsOf(latencySeconds);
  return {
    measurements: [
      {
        name: 'http.latency',
        id: plan.id,
        ...latency,
        problem: problem ?? tooManyFailed(all - success, all),
      },
      one('http.throughput', throughput),
      one('http.errors', errors),
      one('http.timeouts', timedOut),
    ],
    conditions: {
      path: pathOf(plan.url),
      method: plan.method,
      concurrency: load.concurrency,
      bodyBytes: plan.body === null ? 0 : Buffer.byteLength(plan.body),
      body: plan.body === null ? 'none' : bodyDigestOf(plan.body),
    },
    facts: {
      url: redactCmdline([plan.url]),
      method: plan.method,
      bodyBytes: plan.body === null ? 0 : Buffer.byteLength(plan.body),
      requests: all,
      concurrency: load.concurrency,
      totalSeconds: elapsedSeconds,
      throughputPerSecond: throughput.value,
      success,
      errors: all - success,
      failures,
      timeouts,
      non2xx: answered - success,
      statusCodes,
      latencySeconds: valuesOf(latency.statistics),
      generatorCpuPercent: busy * 100,
    },
  };
}

function tooManyFailed(failed: number, all: number): string | null {
  const share = failed / all;
  if (!(share > MOST_FAILED)) return null;
  return `${failed} of ${all} requests were not answered with 2xx: the latency of the others tells nothing of them`;
}

/**
 * Who waits in vain asks for nothing more: among the many requests of the others, theirs are few. So it is with a timeout that is short, too: what
 * counts then is how many connections were waiting for it on average. A number of requests is shared out beforehand, so that none is missing.
 */
function hanging({ amount, timeoutMs }: HttpLoadPlan, load: HttpLoad): string | null {
  const { failures, timeouts, concurrency, elapsedSeconds } = load;
  const unanswered = failures['unanswered'] ?? 0;
  const timedOut = 'requests' in amount ? 0 : (timeouts * timeoutMs) / 1000 / elapsedSeconds;
  if (!((unanswered + timedOut) / concurrency > MOST_FAILED)) return null;
  const connections = counted(concurrency, 'connection');
  const who =
    timedOut > unanswered
      ? `of the time of ${connections} ${Math.round((timedOut / concurrency) * 100)} % was waited until the timeout`
      : `${unanswered} of ${connections} still waited for an answer at the end`;
  return `${who}: what the others got tells nothing of them`;
}

/** Plain numbers, with the median under its usual name, too. */
function valuesOf(statistics: Found['statistics']): Record<string, number | undefined> {
  const of = (name: Statistic): number | undefined => statistics[name]?.value;
  return {
    min: of('min'),
    mean: of('mean'),
    median: of('p50'),
    p50: of('p50'),
    p90: of('p90'),
    p95: of('p95'),
    p99: of('p99'),
    max: of('max'),
  };
}

/** Answered or not. */
const requestsOf = ({ statusCodes, timeouts, failures }: HttpLoad): number =>
  sum(statusCodes) + timeouts + sum(failures);

const sum = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);
