import type { CollectorName, Tier } from '../../model/collector.ts';
import type { CollectorReport, Evidence, Window } from '../../model/evidence.ts';
import { SampleTable } from '../derive/sample-table.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { activitiesOf } from './activities.ts';
import { countersOf } from './counters.ts';
import type { ToldExample } from './example.ts';
import { baselinesOf, measurementsOf } from './measured.ts';
import { ToldProcesses } from './processes.ts';
import { samplesOf } from './samples.ts';
import { SETTLE_MS, timeMs } from './times.ts';
import { USUAL_TIERS } from './usual-tiers.ts';
import { wakesOf } from './wakes.ts';

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
      logs: [{ file: 'app.log', format: 'jsonl' as const }],
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
  return (Object.entries(USUAL_TIERS) as [CollectorName, Tier][])
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
