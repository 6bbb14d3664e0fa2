import type { Evidence, Window } from '../../model/evidence.ts';
import type { ProofTarget, ProofWakes, TargetSettling } from '../../model/proof.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { TargetReport } from '../../model/target.ts';
import { commandOf } from '../derive/command-of.ts';
import { METRICS, type Metric } from '../derive/metrics.ts';
import { proofTime } from '../derive/proof-time.ts';
import { deriveSeries } from '../derive/series.ts';
import { summarize } from '../derive/summarize.ts';
import { windowWakes } from '../derive/wakes.ts';
import { settlingOf } from '../derive/settling.ts';
import { describeSelector } from '../parse/selector.ts';
import { whyLowerBound } from '../rules/doubts/lower-bound.ts';
import { quantity } from '../wording/amounts.ts';

const MAX_PROCESSES = 100;
const MAX_WAKES = 5;

/** A target as a reader of the proof sees it: its processes, and every metric that the window knows. */
export function describeTarget(evidence: Evidence, target: TargetReport, window: Window): ProofTarget {
  const { name, selector, notes } = target;
  // A store that is read later knows of processes that came after.
  const untilMs = Math.max(...evidence.windows.map(({ toMs }) => toMs));
  const members = evidence.processes.filter(
    (process) => process.target === name && process.startedAtMs <= untilMs,
  );
  const left = members.length - MAX_PROCESSES;
  const settling = settlingOf(evidence, name, window);
  const metrics = [...METRICS.values()].filter(({ kind }) => kind !== 'counter');
  return {
    name,
    selector: describeSelector(selector),
    processes: members.slice(0, MAX_PROCESSES).map((process) => ({
      pid: process.pid,
      name: process.name,
      cmdline: commandOf(process),
      startedAt: proofTime(process.startedAtMs, evidence.run.host.utcOffsetMinutes),
    })),
    executables: executablesOf(target, members),
    metrics: Object.fromEntries(
      metrics.map((metric) => [metric.name, describeMetric(evidence, name, metric, window)]),
    ),
    wakes: describeWakes(evidence, name, window),
    settling,
    notes: [
      ...notes,
      ...(left > 0 ? [`${left} more processes`] : []),
      ...(settling === null ? [] : [saySettling(name, settling, window)]),
    ],
  };
}

/** Those of known digest, and every other program that was seen to run. */
function executablesOf(
  { executables = [] }: TargetReport,
  members: readonly WatchedProcess[],
): NonNullable<ProofTarget['executables']> {
  const known = new Set(executables.map(({ path }) => path));
  const programs = members.flatMap(({ exe, executions = [] }) => [
    exe,
    ...executions.map(({ program }) => program?.exe ?? null),
  ]);
  const unread = new Set(programs.filter((path) => path !== null && !known.has(path)));
  return [
    ...executables.map(({ path, sha256 }) => ({ path, sha256 })),
    ...[...unread].slice(0, MAX_PROCESSES).map((path) => ({ path: path as string, sha256: null })),
  ];
}

function saySettling(
  name: string,
  { metric, before, after, steadyAfterSeconds }: TargetSettling,
  { settleMs }: Window,
): string {
  const { dimension } = METRICS.get(metric) as Metric;
  const [from, to] = [before, after].map((value) => quantity(Number(value.toPrecision(2)), dimension));
  const fell = `${name} was still dying down: ${metric} fell from ${from} to ${to}`;
  if (steadyAfterSeconds === null)
    return `${fell}, and was not steady after half of the window; --settle auto waits for that`;
  const settle = Math.ceil(settleMs / 1000 + steadyAfterSeconds);
  return `${fell} within ${Math.ceil(steadyAfterSeconds)} s; --settle ${settle}s, or --settle auto, would leave that out`;
}

function describeWakes(evidence: Evidence, target: string, window: Window): ProofWakes[] {
  const wakes = windowWakes(evidence, target, window).slice(0, MAX_WAKES);
  return wakes.map((one) => ({
    pid: one.process.pid,
    thread: one.thread,
    call: one.call,
    timeoutSeconds: one.timeoutMs === null ? null : one.timeoutMs / 1000,
    timeoutIs: one.timeoutIs,
    wokenBy: one.wokenBy,
    waker: one.waker,
    count: one.count,
    perMinute: one.perMinute,
    intervalSeconds: one.intervalMs === null ? null : one.intervalMs / 1000,
    sampledShare: one.sampledShare,
    atLeast: one.atLeast,
  }));
}

function describeMetric(
  evidence: Evidence,
  target: string,
  metric: Metric,
  window: Window,
): ProofTarget['metrics'][string] {
  const series = deriveSeries(evidence, target, metric, window);
  if (series.missing !== null) return null;
  const [mean, max, p95] = (['mean', 'max', 'p95'] as const).map((aggregate) => summarize(series, aggregate));
  if (mean == null || max == null || p95 == null) return null;
  const reports = evidence.collectors.filter(({ name }) => metric.collectors.includes(name));
  const tier = reports.some((report) => report.tier === 'sampled') ? 'sampled' : 'counter';
  return { mean, max, p95, atLeast: whyLowerBound({ evidence, target, window }, series, { tier }) !== null };
}
