import { healthOf } from '../core/derive/daemon-health.ts';
import type { DaemonProblem, DaemonStatus, TargetStatus, WindowStatus } from '../model/daemon-status.ts';
import type { Verdict } from '../model/verdict.ts';
import { measurementMetrics } from './measurement-metrics.ts';
import { counter, gauge, type MetricFamily, type MetricRow } from './metric-family.ts';

/** Names come from a configuration and rule packs, never from a watched app; even so, nothing grows without bounds. */
const MAX_SAMPLES = 1_000;

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'inconclusive'];
const STATES: readonly WindowStatus['state'][] = ['waiting', 'settling', 'open'];
const KINDS: readonly DaemonProblem['kind'][] = [
  'reload',
  'watch',
  'collector',
  'store',
  'alerts',
  'window',
  'command',
  'measurement',
  'baseline',
  'summary',
];

/** What a daemon tells, as metrics; what is not known is left out. */
export function metricsOf(status: DaemonStatus): MetricFamily[] {
  const families = [
    ...daemonMetrics(status),
    ...targetMetrics(status.targets),
    ...windowMetrics(status.windows),
    ...measurementMetrics(status.measurements),
  ];
  const leftOut = families.reduce((sum, { samples }) => sum + Math.max(0, samples.length - MAX_SAMPLES), 0);
  return [
    ...families.map((one) => ({ ...one, samples: one.samples.slice(0, MAX_SAMPLES) })),
    gauge('idleproof_metrics_samples_left_out', 'Samples that were left out, since there were too many.', [
      [{}, leftOut],
    ]),
  ];
}

function daemonMetrics(status: DaemonStatus): MetricFamily[] {
  const { version, startedAtMs, lastLookAtMs, looks, config, alerts, store, self, problems } = status;
  const { loop, store: commits } = healthOf(status);
  return [
    gauge('idleproof_build_info', 'Version of the daemon; always 1.', [[{ version }, 1]]),
    gauge('idleproof_start_timestamp_seconds', 'When the daemon started.', one(seconds(startedAtMs))),
    gauge(
      'idleproof_config_load_timestamp_seconds',
      'When the configuration in use was loaded.',
      one(seconds(config.loadedAtMs)),
    ),
    gauge('idleproof_healthy', 'Whether the loop ticks and the store commits.', [
      [{ part: 'loop' }, Number(loop.ok)],
      [{ part: 'store' }, Number(commits.ok)],
    ]),
    counter('idleproof_looks_total', 'Looks at the targets.', one(looks)),
    gauge(
      'idleproof_last_look_timestamp_seconds',
      'When the targets were last looked at.',
      one(seconds(lastLookAtMs)),
    ),
    gauge(
      'idleproof_problems',
      'Things that a person should mend.',
      KINDS.map((kind) => [{ kind }, problems.filter((problem) => problem.kind === kind).length]),
    ),
    gauge('idleproof_alerts_firing', 'Alerts that fire.', one(alerts.firing)),
    gauge('idleproof_alerts_unsent', 'Notices that wait in the outbox.', one(alerts.outbox)),
    gauge('idleproof_store_segments', 'Segments of the evidence store.', one(store.segments)),
    gauge('idleproof_store_rows', 'Rows of evidence in the store.', one(store.rows)),
    gauge('idleproof_store_size_bytes', 'Size of the evidence store.', one(store.bytes)),
    gauge(
      'idleproof_store_last_commit_timestamp_seconds',
      'When evidence was last committed.',
      one(seconds(store.lastCommitAtMs)),
    ),
    counter(
      'idleproof_self_cpu_seconds_total',
      'CPU time that the daemon itself used.',
      one(self.cpuSeconds),
    ),
    counter(
      'idleproof_self_wakeups_total',
      'Voluntary context switches of the daemon itself.',
      one(self.wakeups),
    ),
    gauge(
      'idleproof_self_resident_memory_bytes',
      'Resident memory of the daemon itself.',
      one(self.rssBytes),
    ),
  ];
}

function targetMetrics(targets: readonly TargetStatus[]): MetricFamily[] {
  const each = (read: (target: TargetStatus) => number | null): MetricRow[] =>
    targets.map((target) => [{ target: target.name }, read(target)]);
  return [
    gauge(
      'idleproof_target_present',
      'Whether the target runs.',
      each(({ isPresent }) => Number(isPresent)),
    ),
    gauge(
      'idleproof_target_processes',
      'Processes of the target.',
      each(({ processes }) => processes),
    ),
    gauge(
      'idleproof_target_cpu_ratio',
      'CPU use of the whole tree at the last looks, of one core.',
      each(({ cpuPercent }) => (cpuPercent === null ? null : cpuPercent / 100)),
    ),
    gauge(
      'idleproof_target_proportional_memory_bytes',
      'Proportional set size of the whole tree.',
      each(({ pssBytes }) => pssBytes),
    ),
    gauge(
      'idleproof_target_resident_memory_bytes',
      'Resident set size of the whole tree.',
      each(({ rssBytes }) => rssBytes),
    ),
    gauge(
      'idleproof_target_wakeups_per_second',
      'Wakeups of the whole tree at the last looks.',
      each(({ wakeupsPerSecond }) => wakeupsPerSecond),
    ),
  ];
}

function windowMetrics(windows: readonly WindowStatus[]): MetricFamily[] {
  const judged = windows.flatMap(({ id, lastVerdict }) =>
    lastVerdict === null ? [] : [{ labels: { window: id }, last: lastVerdict }],
  );
  const each = (read: (last: (typeof judged)[number]['last']) => number | null): MetricRow[] =>
    judged.map(({ labels, last }) => [labels, read(last)]);
  return [
    gauge(
      'idleproof_window_state',
      'State of the window: 1 for the one that it is in.',
      windows.flatMap(({ id, state }) =>
        STATES.map((name): MetricRow => [{ window: id, state: name }, Number(state === name)]),
      ),
    ),
    gauge(
      'idleproof_window_verdict',
      'Last verdict of the window: 1 for the one that it got; none before the first.',
      judged.flatMap(({ labels, last }) =>
        VERDICTS.map((verdict): MetricRow => [{ ...labels, verdict }, Number(last.verdict === verdict)]),
      ),
    ),
    counter(
      'idleproof_window_verdicts_total',
      'Verdicts since the daemon runs.',
      windows.flatMap(({ id, verdictCounts }) =>
        VERDICTS.map((verdict): MetricRow => [{ window: id, verdict }, verdictCounts[verdict]]),
      ),
    ),
    gauge(
      'idleproof_window_closed_timestamp_seconds',
      'When the window that was last judged closed.',
      each(({ toMs }) => seconds(toMs)),
    ),
    gauge(
      'idleproof_window_coverage_ratio',
      'Share of the window last judged that was looked at.',
      each(({ coverageShare }) => coverageShare),
    ),
    gauge(
      'idleproof_window_excluded_period_seconds',
      'The longest period that the window last judged excludes; none where it excludes nothing.',
      each(({ excludedPeriodSeconds }) => excludedPeriodSeconds),
    ),
    gauge(
      'idleproof_window_findings',
      'Findings of the window last judged.',
      each(({ findings }) => Object.values(findings).reduce((sum, count) => sum + count, 0)),
    ),
    gauge(
      'idleproof_window_rule_findings',
      'Findings of the window last judged, of each rule that has any.',
      judged.flatMap(({ labels, last }) =>
        Object.entries(last.findings).map(([rule, count]): MetricRow => [{ ...labels, rule }, count]),
      ),
    ),
  ];
}

const one = (value: number | null): MetricRow[] => [[{}, value]];

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
