import type {
  Activity,
  EventActivity,
  LogActivity,
  NetworkActivity,
  ProcessActivity,
} from '../../../src/model/activity.ts';
import type { CollectorName } from '../../../src/model/collector.ts';
import type { CollectorReport, Evidence, Window } from '../../../src/model/evidence.ts';
import type { Measurement, MeasurementBaseline, Statistic } from '../../../src/model/measurement.ts';
import type { WatchedProcess } from '../../../src/model/process.ts';
import { STILL } from '../../../src/core/examples/counters.ts';
import { USUAL_TIERS } from '../../../src/core/examples/usual-tiers.ts';
import { SampleTable } from '../../../src/core/derive/sample-table.ts';
import type { ProcessMetric, ProcessMetrics, Sample } from '../../../src/model/sample.ts';
import type { TargetReport } from '../../../src/model/target.ts';
import type { WakeStretch } from '../../../src/model/wake.ts';
import { at, blankEvidence, SETTLE_SECONDS, windowOf } from './blank-evidence.ts';

export { at };

const NAMESPACE = 'network:4026531840';

/** Those that every run has, also without root. */
const EVERYWHERE: readonly CollectorName[] = ['cpu', 'memory', 'wakeups', 'io', 'processes', 'sockets'];

/** Values that are known to within 1 %. */
export function measurementOf(
  name: string,
  statistics: Partial<Record<Statistic, number>>,
  fields: Partial<Measurement> = {},
): Measurement {
  const values = Object.entries(statistics).map(([key, value]) => [
    key,
    { value, interval: { low: value * 0.99, high: value * 1.01 } },
  ]);
  return {
    name,
    id: null,
    target: 'app',
    atMs: at(-30),
    count: 50,
    statistics: Object.fromEntries(values) as Measurement['statistics'],
    problem: null,
    ...fields,
  };
}

/** Evidence of one run, told step by step: a window of 60 s, one look a second, one target «app» with one process. */
export class Scene {
  readonly evidence: Evidence;
  readonly window: Window;
  #samples: Sample[] = [];
  #table: SampleTable = new SampleTable();

  constructor(seconds = 60) {
    this.window = windowOf(seconds);
    this.evidence = blankEvidence(this.window, seconds, this.#table);
    for (const name of EVERYWHERE) this.report(name);
    this.target();
    this.process({ id: 1, name: 'app', pid: 100 });
    for (const second of [-SETTLE_SECONDS, 0, seconds, seconds + 1]) {
      this.counters(second, NAMESPACE, STILL).counters(second, 'forks', { tasks: 500 });
    }
  }

  target(fields: Partial<TargetReport> = {}): this {
    const report: TargetReport = {
      name: 'app',
      selector: { by: 'pid', pid: 100 },
      events: null,
      orphans: [],
      notes: [],
      ...fields,
    };
    const others = this.evidence.targets.filter(({ name }) => name !== report.name);
    this.evidence.targets = [...others, report];
    return this;
  }

  withEvents(types: string[] = ['user_message', 'tool_run', 'llm_request']): this {
    this.evidence.eventTypes['app'] = types;
    return this.target({ events: { sqlite: 'app.db', table: 'events' } }).report('events', {
      target: 'app',
    });
  }

  report(name: CollectorName, fields: Partial<CollectorReport> = {}): this {
    const report: CollectorReport = {
      name,
      target: null,
      status: 'ok',
      tier: USUAL_TIERS[name],
      reason: null,
      lost: 0,
      cpuSeconds: 0,
      ...fields,
    };
    this.evidence.collectors = [...this.evidence.collectors.filter((one) => one.name !== name), report];
    return this;
  }

  without(name: CollectorName): this {
    this.evidence.collectors = this.evidence.collectors.filter((one) => one.name !== name);
    return this;
  }

  /** A process, seen first at `seen` with these metrics. */
  process(
    fields: Partial<WatchedProcess>,
    seen: number = -SETTLE_SECONDS,
    metrics: ProcessMetrics | null = {},
  ): this {
    const process: WatchedProcess = {
      id: 1,
      pid: 100,
      startTicks: 1,
      parentPid: 1,
      sessionId: 1,
      name: 'app',
      cmdline: 'app --serve',
      exe: '/usr/bin/app',
      startedAtMs: seen <= -SETTLE_SECONDS ? at(-3600) : at(seen - 0.5),
      target: 'app',
      parentId: null,
      membership: 'root',
      networkScope: NAMESPACE,
      ...fields,
    };
    this.evidence.processes.push(process);
    if (metrics === null) return this;
    return this.sample(seen, process.id, {
      cpuNs: 1e9,
      wakeups: 1000,
      rssBytes: 20e6,
      pssBytes: 10e6,
      peakRssBytes: 30e6,
      threads: 2,
      openFiles: 8,
      readBytes: 0,
      writtenBytes: 0,
      ...metrics,
    });
  }

  sample(seconds: number, processId: number, metrics: ProcessMetrics): this {
    const sample = { atMs: at(seconds), processId, ...metrics };
    this.#samples.push(sample);
    this.#table.add(sample);
    return this;
  }

  /** As if a metric had never been read: of one process, or of all. */
  unread(metric: ProcessMetric, processId?: number): this {
    for (const sample of this.#samples)
      if (processId === undefined || sample.processId === processId) delete sample[metric];
    return this.#told(this.#samples);
  }

  /** As if no process had ever been there. */
  deserted(): this {
    this.evidence.processes = [];
    return this.#told([]);
  }

  #told(samples: Sample[]): this {
    this.#samples = samples;
    this.#table = SampleTable.of(samples);
    this.evidence.samples = this.#table;
    return this;
  }

  counters(seconds: number, scope: string, values: Readonly<Record<string, number>>): this {
    const counters = this.evidence.counters.filter((one) => one.scope !== scope || one.atMs !== at(seconds));
    counters.push({ atMs: at(seconds), scope, values: { ...values } });
    this.evidence.counters = counters;
    return this;
  }

  /** Counters of the namespace that moved by so much before a second, and stayed so. */
  moved(seconds: number, deltas: Readonly<Record<string, number>>): this {
    const values = { ...STILL };
    for (const [name, delta] of Object.entries(deltas)) values[name] = (values[name] ?? 0) + delta;
    // Every packet of these protocols is an IP packet, too.
    const packets = Object.entries(deltas).filter(([name]) => /OutSegs|OutDatagrams|OutMsgs/.test(name));
    if (deltas['ipOutRequests'] === undefined) {
      for (const [, delta] of packets) values['ipOutRequests'] = (values['ipOutRequests'] ?? 0) + delta;
    }
    for (const reading of this.evidence.counters) {
      if (reading.scope === NAMESPACE && reading.atMs >= at(seconds)) reading.values = { ...values };
    }
    return this.counters(seconds, NAMESPACE, values);
  }

  forked(seconds: number, tasks: number): this {
    for (const reading of this.evidence.counters) {
      if (reading.scope === 'forks' && reading.atMs >= at(seconds)) reading.values['tasks'] = 500 + tasks;
    }
    return this.counters(seconds, 'forks', { tasks: 500 + tasks });
  }

  network(seconds: number, fields: Partial<NetworkActivity> = {}): this {
    return this.activity({
      kind: 'network',
      atMs: at(seconds),
      target: 'app',
      collector: 'sockets',
      processId: 1,
      thread: null,
      op: 'connect',
      direction: 'outbound',
      protocol: 'tcp',
      remote: { ip: '203.0.113.7', port: 443, process: null, target: null },
      localPort: 40_000,
      bytesSent: null,
      bytesReceived: null,
      lifetimeSeconds: null,
      ...fields,
    });
  }

  happened(seconds: number, op: ProcessActivity['op'], fields: Partial<ProcessActivity> = {}): this {
    return this.activity({
      kind: 'process',
      atMs: at(seconds),
      target: 'app',
      collector: 'processes',
      processId: 2,
      thread: null,
      op,
      exe: '/usr/bin/sleep',
      parentName: 'app',
      exitCode: null,
      ...fields,
    });
  }

  /** Wakes of a thread, all in epoll_wait with a timeout of 100 ms by its timer unless it says otherwise. */
  woke(from: number, to: number, count: number, fields: Partial<WakeStretch> = {}): this {
    this.evidence.wakes.push({
      fromMs: at(from),
      toMs: at(to),
      processId: 1,
      tid: 100,
      thread: 'app',
      call: 'epoll_wait',
      timeoutMs: 100,
      timeoutIs: 'asked',
      wokenBy: 'timer',
      waker: null,
      count,
      intervalMs: 100,
      timesMs: [],
      sampledShare: 1,
      ...fields,
    });
    return this;
  }

  row(seconds: number, type: string, fields: Partial<EventActivity> = {}): this {
    const rows = this.evidence.activities.filter(({ kind }) => kind === 'event').length;
    return this.activity({
      kind: 'event',
      atMs: at(seconds),
      target: 'app',
      collector: 'events',
      processId: null,
      thread: null,
      source: 'events',
      type,
      id: String(rows + 1),
      data: {},
      firstSeenAtMs: at(seconds),
      stampedAtMs: at(seconds),
      stampDoubtful: false,
      ...fields,
    });
  }

  withLogs(logCategories: string[] = [], derived: TargetReport['derived'] = {}): this {
    const logs = [{ file: '/app.log', format: 'jsonl' as const }];
    return this.target({ logs, logCategories, derived }).report('logs', { target: 'app' });
  }

  line(
    seconds: number,
    category: string,
    data: LogActivity['data'] = {},
    fields: Partial<LogActivity> = {},
  ): this {
    return this.activity({
      kind: 'log',
      atMs: at(seconds),
      target: 'app',
      collector: 'logs',
      processId: null,
      thread: null,
      source: '/app.log',
      category,
      data,
      firstSeenAtMs: at(seconds),
      stampedAtMs: at(seconds),
      stampDoubtful: false,
      ...fields,
    });
  }

  /** What an active probe found of the target. */
  measured(
    name: string,
    statistics: Partial<Record<Statistic, number>>,
    fields: Partial<Measurement> = {},
  ): this {
    const measurement = measurementOf(name, statistics, fields);
    this.evidence.measurements = [...(this.evidence.measurements ?? []), measurement];
    return this;
  }

  baseline(
    name: string,
    statistics: Partial<Record<Statistic, number>>,
    fields: Partial<MeasurementBaseline> = {},
  ): this {
    const measurement = measurementOf(name, statistics);
    const baseline = { baseline: 'before', measurement, problem: null, ...fields };
    this.evidence.baselines = [...(this.evidence.baselines ?? []), baseline];
    return this;
  }

  activity(activity: Activity): this {
    this.evidence.activities.push(activity);
    return this;
  }

  gap(
    from: number,
    to: number,
    collector: CollectorName | 'loop' = 'loop',
    target: string | null = null,
  ): this {
    this.evidence.gaps.push({ fromMs: at(from), toMs: at(to), collector, target, reason: 'it failed' });
    return this;
  }

  disturbed(
    from: number,
    to: number,
    kind: Evidence['disturbances'][number]['kind'],
    detail = 'state T',
  ): this {
    this.evidence.disturbances.push({ fromMs: at(from), toMs: at(to), target: 'app', kind, detail });
    return this;
  }

  /** A second window, in which the command was stopped. */
  stopped(from: number, to: number): this {
    this.evidence.windows.push({ ...this.window, id: 'stop', kind: 'stop', fromMs: at(from), toMs: at(to) });
    return this;
  }
}
