import type { TimeSpan } from '../../../model/time.ts';
import { exposedNetwork, exposedProcesses } from '../../coverage/exposure.ts';
import { type Lifetime, lifetimes } from '../../derive/lifetimes.ts';
import type { Metric } from '../../derive/metrics.ts';
import type { Series } from '../../derive/series.ts';
import { holds } from '../../derive/spans.ts';
import type { Claim } from '../claim.ts';
import type { Source } from './collector.ts';

/** Why the true value of a metric may be larger than the measured one; null where it is what was measured. */
export function whyLowerBound(claim: Claim, series: Series, source: Source): string | null {
  return series.uncounted ?? bySource(claim, series.metric, source);
}

function bySource(claim: Claim, metric: Metric, { tier }: Source): string | null {
  const { evidence, target, window } = claim;
  if (metric.source.of === 'network') {
    if (tier !== 'sampled') return null;
    const exposure = exposedNetwork(evidence, target, window, true);
    return exposure.tier === 'counter' ? null : exposure.reason;
  }
  if (metric.source.of === 'processes' || metric.kind === 'gauge') return null;
  if (metric.name === 'wakeups.rate') return uncountedWakeups(claim, tier);
  return tier === 'sampled'
    ? `${metric.name} was only sampled: threads or processes may have ended uncounted`
    : null;
}

/** A thread or process that ended takes its wakeups along; one that nobody saw may have had some. */
function uncountedWakeups({ evidence, target, window }: Claim, tier: Source['tier']): string | null {
  const ended = lifetimes(evidence, target).some(
    (life) => (life.exitMs !== null && holds(window, life.exitMs)) || lostThreads(life, window),
  );
  if (!ended && tier !== 'sampled') return null;
  const exposure = exposedProcesses(evidence, target, window);
  return exposure.tier === 'counter'
    ? null
    : `a thread or process ended with its wakeups uncounted, and ${exposure.reason}`;
}

function lostThreads({ samples }: Lifetime, window: TimeSpan): boolean {
  let last = 0;
  for (const { atMs, threads } of samples) {
    if (threads === undefined) continue;
    if (threads < last && holds(window, atMs)) return true;
    last = threads;
  }
  return false;
}
