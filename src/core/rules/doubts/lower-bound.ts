import { countersShow } from '../../coverage/controls.ts';
import { exposedNetwork } from '../../coverage/exposed-network.ts';
import { exposedProcesses } from '../../coverage/exposed-processes.ts';
import { isTraced } from '../../coverage/traced.ts';
import type { Metric } from '../../derive/metrics.ts';
import type { Series } from '../../derive/metric-series.ts';
import type { Claim } from '../claim.ts';
import type { Source } from './collector.ts';

const NOT_SHOWN = 'the counters did not show what the watchdog planted';

/** What is measured, of whom, and when. */
type Measured = Pick<Claim, 'evidence' | 'target' | 'window'>;

/** Why the true value of a metric may be larger than the measured one; null where it is what was measured. */
export function whyLowerBound(
  measured: Measured,
  series: Series,
  { tier }: Pick<Source, 'tier'>,
): string | null {
  return series.uncounted ?? bySource(measured, series.metric, tier);
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
  return tier === 'sampled' && name !== 'wakeups.rate' && source.of !== 'processes' && name !== 'threads'
    ? `${name} was only sampled: threads or processes may have ended uncounted`
    : null;
}
