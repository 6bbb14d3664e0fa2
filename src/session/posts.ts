import { createEventsCollector } from '../collectors/events/collector.ts';
import { createLinuxCollectors } from '../collectors/registry.ts';
import type { Collector } from '../model/collector.ts';
import type { CollectorReport } from '../model/evidence.ts';
import type { Clock } from '../model/time.ts';
import { nativeCpuClock } from '../os/cpu-clock.ts';
import type { Procfs } from '../os/procfs.ts';
import type { TargetSet } from '../targets/target-set.ts';
import type { CheckPlan } from './plan.ts';
import type { Gate, Post } from './watcher.ts';

interface Manned {
  gate: Gate;
  posts: Post[];
  /** Of the collectors that cannot work here at all. */
  reports: CollectorReport[];
  /** By target, the event types that its table has ever held. */
  eventTypes: () => Record<string, string[]>;
  /** By target, the columns of its events table. */
  eventColumns: () => Record<string, string[]>;
}

/** Sets up every collector that can work here; what cannot is reported, and never counts as «nothing seen». */
export function manPosts(
  plan: Pick<CheckPlan, 'targets' | 'tickMs' | 'lookBackMs'>,
  parts: { procfs: Procfs; clock: Clock; trees: TargetSet },
): Manned {
  const { procfs, clock, trees } = parts;
  const { gate, collectors } = createLinuxCollectors({ procfs, clock: nativeCpuClock() });
  const events = plan.targets.flatMap(({ name, events: source }) => {
    if (source === null) return [];
    const { tickMs, lookBackMs } = plan;
    const options = { target: name, source, procfs, tickMs, lookBackMs };
    return [{ target: name, collector: createEventsCollector({ ...options, nowMs: () => clock.nowMs() }) }];
  });
  const posts: Post[] = [];
  const reports: CollectorReport[] = [];
  const all: Post[] = [...collectors.map((collector) => ({ collector, target: null })), ...events];
  for (const { collector, target } of all) {
    const availability = probe(collector, trees);
    if (availability.status !== 'unavailable') posts.push({ collector, target });
    else reports.push({ name: collector.name, target, ...availability, lost: 0, cpuSeconds: 0 });
  }
  const eventTypes = (): Record<string, string[]> =>
    Object.fromEntries(events.map(({ target, collector }) => [target, collector.eventTypes()]));
  const eventColumns = (): Record<string, string[]> =>
    Object.fromEntries(events.map(({ target, collector }) => [target, collector.columns()]));
  return { gate, posts, reports, eventTypes, eventColumns };
}

function probe(collector: Collector, trees: TargetSet): ReturnType<Collector['probe']> {
  try {
    return collector.probe(trees.processes);
  } catch (error) {
    return { status: 'unavailable', tier: 'sampled', reason: (error as Error).message };
  }
}
