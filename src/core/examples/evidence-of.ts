import type { CollectorName, Tier } from '../../model/collector.ts';
import type { CollectorReport, Evidence, Window } from '../../model/evidence.ts';
import type { Sample } from '../../model/sample.ts';
import type { WakeStretch } from '../../model/wake.ts';
import { SampleTable } from '../derive/sample-table.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { activitiesOf } from './activities.ts';
import { baselinesOf, measurementsOf } from './measured.ts';
import { AT_REST, type ToldMetric, toldMetric } from './metrics.ts';
import { NAMESPACE, ToldProcesses } from './processes.ts';
import { timeMs } from './schema.ts';
import type { ToldExample, ToldWakes } from './example.ts';
import { timesOf } from './times.ts';

const SETTLE_MS = 5000;

/** How each collector knows where nothing is said. */
const TIERS: Readonly<Record<CollectorName, Tier>> = {
  cpu: 'counter',
  memory: 'counter',
  wakeups: 'counter',
  io: 'counter',
  processes: 'sampled',
  sockets: 'sampled',
  trace: 'zero-miss',
  events: 'zero-miss',
  logs: 'zero-miss',
  files: 'counter',
};

/** The evidence of an example: a window in which nothing happened and everything was seen, but for what it tells. */
export function evidenceOf(example: ToldExample, toolVersion: string): Evidence {
  const durationMs = parseDurationMs(example.duration) ?? 0;
  const tickMs = parseDurationMs(example.tick) ?? 1000;
  const stopMs = parseDurationMs(example.stop ?? '') ?? 0;
  const openingMs = Date.parse(example.opened);
  const closeMs = openingMs + durationMs;
  const endMs = closeMs + stopMs + tickMs;
  const processes = new ToldProcesses(example.targets, openingMs);
  const collectors = reportsOf(example);
  const isTraced = collectors.some(({ name, status }) => name === 'trace' && status !== 'unavailable');
  const activities = (example.activities ?? []).flatMap((told) => {
    const target = told.target ?? example.targets[0] ?? '';
    return activitiesOf(told, { openingMs, durationMs, target, isTraced, processes });
  });
  const window = windowOf(example, openingMs, closeMs);
  const gaps = (example.gaps ?? []).map(({ from, to, collector }) => ({
    fromMs: openingMs + (timeMs(from) ?? 0),
    toMs: openingMs + (timeMs(to) ?? 0),
    collector,
    target: null,
    reason: 'told by the example',
  }));
  const looks = {
    fromMs: openingMs - SETTLE_MS,
    toMs: endMs,
    looks: Math.round((endMs - openingMs + SETTLE_MS) / tickMs) + 1,
    longestStepMs: tickMs,
  };
  const isStarted = example.stop !== undefined;
  return {
    run: {
      id: 'example',
      toolVersion,
      nodeVersion: 'any',
      host: {
        name: 'example',
        os: 'Linux',
        kernel: 'any',
        cpus: 1,
        memoryBytes: 1e9,
        utcOffsetMinutes: 0,
        privileged: isTraced,
      },
      command: 'idleproof rules test',
      startedAtMs: openingMs - SETTLE_MS,
      tickMs,
    },
    windows: [
      window,
      ...(isStarted
        ? [{ ...window, id: 'stop', kind: 'stop' as const, fromMs: closeMs, toMs: closeMs + stopMs }]
        : []),
    ],
    targets: example.targets.map((name) => ({
      name,
      selector: isStarted ? { by: 'command' as const, argv: [name] } : { by: 'name' as const, name },
      events: example.events === false ? null : { sqlite: 'app.db', table: 'events' },
      files: ['/'],
      orphans: [],
      notes: [],
    })),
    processes: processes.all,
    looks: [looks],
    samples: SampleTable.of(
      samplesOf(example, processes, { openingMs, durationMs, tickMs, endMs }).filter(
        ({ atMs }) => !gaps.some((gap) => gap.collector === 'loop' && atMs > gap.fromMs && atMs < gap.toMs),
      ),
    ),
    activities,
    counters: countersOf(example.noise, openingMs, endMs, tickMs),
    gaps,
    disturbances: (example.disturbed ?? []).map(({ from, to, kind }) => ({
      fromMs: openingMs + (timeMs(from) ?? 0),
      toMs: openingMs + (timeMs(to) ?? 0),
      target: example.targets[0] ?? '',
      kind,
      detail: '',
    })),
    wakes: (example.wakes ?? []).map((told) =>
      wakesOf(told, processes, example.targets[0] ?? '', openingMs, durationMs),
    ),
    collectors,
    eventTypes: Array.isArray(example.events)
      ? Object.fromEntries(example.targets.map((name) => [name, example.events as string[]]))
      : {},
    measurements: measurementsOf(example.measured, example.targets[0] ?? '', openingMs),
    baselines: baselinesOf(example.baseline, example.targets[0] ?? '', openingMs),
    notes: [],
    self: { cpuSeconds: 0, wakeups: 0, rssBytes: 0, connectionsOpened: 0 },
  };
}

function windowOf({ settled }: ToldExample, fromMs: number, toMs: number): Window {
  return {
    id: 'idle',
    kind: 'idle',
    trigger: 'check',
    fromMs,
    toMs,
    requestedMs: toMs - fromMs,
    settleMs: SETTLE_MS,
    isSettled: settled,
    closedBy: 'duration',
  };
}

function reportsOf({ collectors = {}, events }: ToldExample): CollectorReport[] {
  return (Object.entries(TIERS) as [CollectorName, Tier][])
    .filter(([name]) => name !== 'events' || events !== false)
    .map(([name, tier]) => {
      const told = collectors[name];
      const given = typeof told === 'string' ? { status: told } : (told ?? {});
      const { status = 'ok', lost = 0 } = given;
      const because = status === 'ok' ? null : 'told by the example';
      return {
        name,
        target: null,
        status,
        tier: given.tier ?? tier,
        reason: given.reason ?? because,
        lost,
        cpuSeconds: 0,
      };
    });
}

interface Times {
  openingMs: number;
  durationMs: number;
  tickMs: number;
  endMs: number;
}

/** One sample a look of the first target's root; the other processes rest. */
function samplesOf(example: ToldExample, processes: ToldProcesses, times: Times): Sample[] {
  const { openingMs, durationMs, tickMs, endMs } = times;
  const told = Object.entries(example.metrics ?? {})
    .map(([name, value]) => toldMetric(name, value, durationMs))
    .filter((one): one is ToldMetric => 'at' in one);
  const root = processes.rootOf(example.targets[0] ?? '');
  const samples: Sample[] = [];
  for (const process of processes.all) {
    const firstMs =
      process.startedAtMs >= openingMs - SETTLE_MS ? process.startedAtMs + tickMs : openingMs - SETTLE_MS;
    const isNew = process.startedAtMs >= openingMs - SETTLE_MS;
    const rest = isNew
      ? { ...AT_REST, cpuNs: 0, wakeups: 0, pssBytes: 0, rssBytes: 0, peakRssBytes: 0 }
      : AT_REST;
    const lastMs = process === root && told.length > 0 ? endMs : firstMs;
    for (let atMs = firstMs; atMs <= lastMs; atMs += tickMs) {
      const sample: Sample = { atMs, processId: process.id, ...(atMs === firstMs ? rest : {}) };
      if (process === root) for (const one of told) tell(sample, one, atMs - openingMs);
      samples.push(sample);
    }
  }
  return samples.sort((a, b) => a.atMs - b.atMs);
}

function tell(sample: Sample, { field, at }: ToldMetric, ms: number): void {
  const value = at(ms);
  if (value === undefined) delete sample[field];
  else sample[field] = value;
}

const STILL: Readonly<Record<string, number>> = {
  tcpActiveOpens: 10,
  tcpPassiveOpens: 10,
  tcpOutSegs: 1000,
  ipOutRequests: 1005,
  udpOutDatagrams: 5,
  udp6OutDatagrams: 0,
  icmpOutMsgs: 0,
  icmp6OutMsgs: 0,
  ipOutNoRoutes: 0,
  ip6OutNoRoutes: 0,
};

/** Read at every look; where others make noise, one connection and one task more at each. */
function countersOf(noise: boolean, openingMs: number, endMs: number, tickMs: number): Evidence['counters'] {
  const counters: Evidence['counters'] = [];
  let more = 0;
  const edges = noise ? Number.POSITIVE_INFINITY : 2;
  const stepMs = edges === 2 ? endMs - openingMs + SETTLE_MS : tickMs;
  for (let atMs = openingMs - SETTLE_MS; atMs <= endMs; atMs += stepMs) {
    const values = { ...STILL };
    for (const name of ['tcpActiveOpens', 'tcpOutSegs', 'ipOutRequests'])
      values[name] = (values[name] ?? 0) + more;
    counters.push(
      { atMs, scope: NAMESPACE, values },
      { atMs, scope: 'forks', values: { tasks: 500 + more } },
    );
    if (noise) more += 1;
  }
  return counters;
}

function wakesOf(
  told: ToldWakes,
  processes: ToldProcesses,
  target: string,
  openingMs: number,
  durationMs: number,
): WakeStretch {
  const root = processes.rootOf(target);
  const timesMs = timesOf(told, durationMs).map((ms) => openingMs + ms);
  return {
    fromMs: timesMs[0] ?? openingMs,
    toMs: timesMs.at(-1) ?? openingMs,
    processId: root?.id ?? 1,
    tid: root?.pid ?? 1,
    thread: told.thread ?? root?.name ?? null,
    call: told.call ?? 'epoll_wait',
    timeoutMs: parseDurationMs(told.timeout ?? told.every ?? ''),
    timeoutIs: 'asked',
    wokenBy: told.by,
    waker: null,
    count: timesMs.length,
    intervalMs: parseDurationMs(told.every ?? ''),
    timesMs,
    sampledShare: 1,
  };
}
