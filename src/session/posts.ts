import { realpathSync } from 'node:fs';
import { createEventsCollector, type EventsCollector } from '../collectors/events/collector.ts';
import { createFilesCollector } from '../collectors/files/collector.ts';
import { resolveFolders } from '../collectors/files/folders.ts';
import { createLogsCollector, type LogsCollector } from '../collectors/logs/collector.ts';
import { createLinuxCollectors } from '../collectors/registry.ts';
import type { Availability, Collector, CollectorName } from '../model/collector.ts';
import type { CollectorReport } from '../model/evidence.ts';
import type { TargetReport } from '../model/target.ts';
import type { Clock } from '../model/time.ts';
import { nativeCpuClock } from '../os/cpu-clock.ts';
import type { OwnNetwork } from '../os/own-network.ts';
import type { Procfs } from '../os/procfs.ts';
import type { TargetSet } from '../targets/target-set.ts';
import type { Post } from './collectors-at-work.ts';
import type { CommandRun } from './command-run.ts';
import type { CheckPlan } from './plan.ts';
import type { Gate, Readings } from './watcher.ts';

interface Manned {
  gate: Gate;
  /** What has to be read before each look; null: nothing. */
  readings: Readings | null;
  posts: Post[];
  /** Of the collectors that cannot work here at all. */
  reports: CollectorReport[];
  /** By target, the event types that its table has ever held. */
  eventTypes: () => Record<string, string[]>;
  /** By target, the columns of its events table. */
  eventColumns: () => Record<string, string[]>;
  /** What lines the logs of a target have ever held, and where its folders really lie; nothing where it has none. */
  sourcesOf: (target: string) => Pick<TargetReport, 'logCategories' | 'logFields' | 'folders'>;
}

type PostsPlan = Pick<CheckPlan, 'targets' | 'tickMs' | 'lookBackMs' | 'collectors'> & {
  /** Where this run's files go; null: it writes none. */
  folder: string | null;
};

/** The live processes of all targets, as far as collectors ask about them. */
export type WatchedTrees = Pick<TargetSet, 'processes' | 'enlist' | 'suspect' | 'missStarts' | 'noteEntered'>;

interface PostsParts {
  procfs: Procfs;
  clock: Clock;
  trees: WatchedTrees;
  /** Left out: none was started. */
  command?: Pick<CommandRun, 'started'>;
}

/** Sets up every collector that can work here; what cannot is reported, and never counts as «nothing seen». */
export async function manPosts(plan: PostsPlan, parts: PostsParts): Promise<Manned> {
  const { gate, readings, unseen, all, events, logs, folders } = await recruit(plan, parts);
  const posts: Post[] = [];
  const reports: CollectorReport[] = [...unseen];
  for (const { collector, target } of all) {
    const availability = probe(collector, parts.trees);
    if (availability.status !== 'unavailable') posts.push({ collector, target });
    else reports.push({ name: collector.name, target, ...availability, lost: 0, cpuSeconds: 0 });
  }
  const eventTypes = (): Record<string, string[]> =>
    Object.fromEntries(events.map(({ target, collector }) => [target, collector.eventTypes()]));
  const eventColumns = (): Record<string, string[]> =>
    Object.fromEntries(events.map(({ target, collector }) => [target, collector.columns()]));
  const sourcesOf: Manned['sourcesOf'] = (target) => ({
    ...linesOf(logs.find((one) => one.target === target)?.collector),
    ...folders.get(target),
  });
  return { gate, readings, posts, reports, eventTypes, eventColumns, sourcesOf };
}

function linesOf(collector?: LogsCollector): Pick<TargetReport, 'logCategories' | 'logFields'> {
  if (collector === undefined) return {};
  const logFields = collector.fields();
  return { logCategories: collector.categories(), ...(logFields === null ? {} : { logFields }) };
}

/** What a collector says of itself. */
export interface Surveyed extends Availability {
  name: CollectorName;
  /** null: the same for every target. */
  target: string | null;
}

/** What every collector of a plan could see here, without watching: the answers that `manPosts` goes by. */
export async function surveyPosts(plan: PostsPlan, parts: PostsParts): Promise<Surveyed[]> {
  const { unseen, all } = await recruit(plan, parts);
  const surveyed = all.map(({ collector, target }) => {
    try {
      return { name: collector.name, target, ...probe(collector, parts.trees) };
    } finally {
      release(collector);
    }
  });
  return [
    ...surveyed,
    ...unseen.map(({ name, target, status, tier, reason }) => ({ name, target, status, tier, reason })),
  ];
}

interface Recruited extends Pick<Created, 'gate' | 'readings' | 'unseen'> {
  all: Post[];
  events: { target: string; collector: EventsCollector }[];
  logs: { target: string; collector: LogsCollector }[];
  /** By target, the real paths of its folders; none of those without. */
  folders: Map<string, Required<Pick<TargetReport, 'folders'>>>;
}

/** One collector for every source that the plan names, and those that watch all targets. */
async function recruit(plan: PostsPlan, parts: PostsParts): Promise<Recruited> {
  const { procfs, clock } = parts;
  const nowMs = (): number => clock.nowMs();
  const { gate, readings, collectors, unseen } = await createCollectors(plan, parts);
  const events = plan.targets.flatMap(({ name, events: source }) => {
    if (source === null) return [];
    const { tickMs, lookBackMs } = plan;
    const options = { target: name, source, procfs, tickMs, lookBackMs };
    return [{ target: name, collector: createEventsCollector({ ...options, nowMs }) }];
  });
  const ownFolder = plan.folder === null ? null : realpathSync(plan.folder);
  const folders: Recruited['folders'] = new Map(
    plan.targets.flatMap(({ name, files: named = [] }) =>
      named.length === 0 ? [] : [[name, { folders: resolveFolders(named) }]],
    ),
  );
  const files = [...folders].flatMap(([target, { folders: real }]) =>
    real.map((folder) => ({
      target,
      collector: createFilesCollector({ target, folder, ownFolder, nowMs }),
    })),
  );
  const logs = plan.targets.flatMap(({ name: target, logs: sources = [] }) => {
    if (sources.length === 0) return [];
    const { tickMs, lookBackMs } = plan;
    return [
      { target, collector: createLogsCollector({ target, sources, procfs, tickMs, lookBackMs, nowMs }) },
    ];
  });
  const all = [...collectors.map((collector) => ({ collector, target: null })), ...events, ...files, ...logs];
  return { gate, readings, unseen, all, events, logs, folders };
}

/** What a probe has opened is closed again. */
function release(collector: Collector): void {
  try {
    collector.stop();
  } catch {
    // It could not be probed either, and has said so.
  }
}

function probe(collector: Collector, trees: WatchedTrees): ReturnType<Collector['probe']> {
  try {
    return collector.probe(trees.processes);
  } catch (error) {
    return { status: 'unavailable', tier: 'sampled', reason: (error as Error).message };
  }
}

interface Created {
  gate: Gate;
  readings: Readings | null;
  collectors: Collector[];
  /** Of what this set does not see at all. */
  unseen: CollectorReport[];
}

async function createCollectors(
  { collectors: set, tickMs }: PostsPlan,
  { procfs, clock, trees, command }: PostsParts,
): Promise<Created> {
  if (set === 'native') {
    const native = createLinuxCollectors({
      procfs,
      clock: nativeCpuClock(),
      ownNetworks: ownNetworksOf(command),
      trace: {
        toMs: (ns) => clock.fromBootNs(ns),
        nowNs: () => (clock.nowMs() - clock.fromBootNs(0)) * 1e6,
        enlist: (glimpse) => trees.enlist(glimpse),
        outside: trees,
      },
    });
    return { ...native, readings: null, unseen: [] };
  }
  // Loaded here: a native run needs neither these collectors nor their libraries.
  const { createPortableCollectors } = await import('../collectors/portable/set.ts');
  const { platform } = process;
  const portable = await createPortableCollectors({ procfs, clock, tickMs, platform }, trees.processes);
  const { gate, collectors, reader, reports } = portable;
  return { gate, collectors, readings: reader, unseen: reports };
}

/** By target, the networks that were made for commands. */
function ownNetworksOf(command: PostsParts['command']): Map<string, OwnNetwork> {
  const started = command?.started ?? [];
  return new Map(
    [...started].flatMap(([target, { ownNetwork }]) => (ownNetwork === null ? [] : [[target, ownNetwork]])),
  );
}
