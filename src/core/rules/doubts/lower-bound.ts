import { countersShow } from '../../coverage/controls.ts';
import { exposedNetwork } from '../../coverage/exposed-network.ts';
import { exposedProcesses } from '../../coverage/exposed-processes.ts';
import { isTraced } from '../../coverage/traced.ts';
import { lifetimes, livedIn } from '../../derive/lifetimes.ts';
import type { Metric } from '../../derive/metrics.ts';
import type { Series } from '../../derive/metric-series.ts';
import { windowWakes } from '../../derive/wakes.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Readings } from '../../../model/sample.ts';
import type { TimeSpan } from '../../../model/time.ts';
import type { Claim } from '../claim.ts';
import { counted } from '../../wording/amounts.ts';
import type { Source } from './collector.ts';

const NOT_SHOWN = 'the counters did not show what the watchdog planted';

/** What is measured, of whom, and when. */
type Measured = Pick<Claim, 'evidence' | 'target' | 'window'>;

/** Why the true value of a metric may be larger than the measured one; null where it is what was measured. */
export function whyLowerBound(
  measured: Measured,
  series: Series,
  source: Pick<Source, 'tier'>,
): string | null {
  return (
    series.uncounted ??
    wakesBeyond(measured, series, source) ??
    bySource(measured, series.metric, source.tier)
  );
}

/** What the trace tells of wakes and the counters do not is this much more, in ordinary windows: nothing, or hardly anything. */
const BEYOND_SHARE = 1.25;
const BEYOND_WAKES = 10;

/** A thread takes its counts along when it ends; the trace told of its wakes, or of the first of them. */
export function wakesBeyond(
  { evidence, target, window }: Measured,
  { metric, points }: Series,
  { tier }: Pick<Source, 'tier'>,
): string | null {
  if (metric.name !== 'wakeups.rate' || tier !== 'sampled') return null;
  const told = windowWakes(evidence, target, window).reduce((sum, { count }) => sum + count, 0);
  const seen = points.reduce((sum, { value, fromMs, toMs }) => sum + (value * (toMs - fromMs)) / 1000, 0);
  if (told <= seen * BEYOND_SHARE + BEYOND_WAKES) return null;
  return `the trace told of ${counted(told, 'wake')}, and threads that ended left the counts of ${Math.round(seen)}`;
}

/** The trace tells of new processes, and not how many threads there were: more, where some came and went between two looks. */
export function threadsBetweenLooks(
  { evidence, target, window }: Measured,
  { metric }: Series,
): string | null {
  if (metric.name !== 'threads' || !isTraced(evidence, target, window)) return null;
  const { tier, reason } = exposedProcesses(evidence, target, window);
  return tier === 'sampled' ? `threads may have come and gone between two looks: ${reason}` : null;
}

/**
 * What a process or thread that nobody saw has used is in no sum: neither its wakeups, nor its CPU time and bytes when
 * another process than its watched parent waited for it, nor itself.
 */
function bySource(
  { evidence, target, window }: Measured,
  metric: Metric,
  tier: Source['tier'],
): string | null {
  const { source, kind, name } = metric;
  if (source.of === 'network') {
    if (tier !== 'sampled' || isTraced(evidence, target, window)) return null;
    const exposure = exposedNetwork(evidence, target, window, true);
    if (exposure.tier !== 'counter') return exposure.reason;
    return exposure.ran && !countersShow(evidence, window, ['tcp', 'udp']) ? NOT_SHOWN : null;
  }
  const grows = kind !== 'gauge' || source.of === 'processes' || name === 'threads';
  if (!grows) return null;
  const exposure = isTraced(evidence, target, window) ? null : exposedProcesses(evidence, target, window);
  if (exposure?.tier === 'counter' && exposure.ran && !countersShow(evidence, window, ['process']))
    return NOT_SHOWN;
  if (exposure?.tier === 'sampled') return `what they used is not counted: ${exposure.reason}`;
  // No unseen task was created, so that only what was seen to end can have taken something along.
  const isKept = name === 'wakeups.rate' || source.of === 'processes' || name === 'threads';
  return tier !== 'sampled' || isKept || hasNothingEnded(evidence, target, window)
    ? null
    : `${name} was only sampled: threads or processes may have ended uncounted`;
}

/** Whether all threads and processes that a target had in a window lived on: no end was seen, and nobody unseen was created. */
function hasNothingEnded(evidence: Evidence, target: string, window: TimeSpan): boolean {
  const { tier, ran } = exposedProcesses(evidence, target, window);
  if (tier !== 'counter' || !ran) return tier === 'counter';
  if (!countersShow(evidence, window, ['process'])) return false;
  return lifetimes(evidence, target)
    .filter((life) => livedIn(life, window))
    .every(
      ({ exitMs, readings }) => (exitMs ?? Infinity) > window.toMs && neverFalls(readings('threads'), window),
    );
}

/** False also where nothing was read. */
function neverFalls({ atMs, values }: Readings, window: TimeSpan): boolean {
  const isWithin = (ms: number): boolean => ms > window.fromMs && ms <= window.toMs;
  return (
    values.length > 0 &&
    values.every((value, at) => !isWithin(atMs[at] as number) || value >= (values[at - 1] ?? 0))
  );
}
