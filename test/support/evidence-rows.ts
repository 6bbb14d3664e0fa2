import {
  activityRow,
  counterRow,
  documentRow,
  lookRow,
  processRow,
  sampleRow,
} from '../../src/evidence/rows.ts';
import type { Row } from '../../src/evidence/tables.ts';
import type { NetworkActivity, ProcessActivity } from '../../src/model/activity.ts';
import type { RunInfo, StretchReport, Window } from '../../src/model/evidence.ts';
import type { WatchedProcess } from '../../src/model/process.ts';

/** Rows of a store of many windows, with plain values where a test does not care. */
export const TARGET = 'app';

export const runInfo = (startedAtMs: number, id = 'run'): RunInfo => ({
  id,
  toolVersion: '0.0.0',
  nodeVersion: '20.0.0',
  host: { name: 'h', os: 'o', kernel: 'k', cpus: 1, memoryBytes: 1, utcOffsetMinutes: 0, privileged: false },
  command: 'idleproof watch',
  startedAtMs,
  tickMs: 1000,
});

export const runRow = (startedAtMs: number, id = 'run'): Row => documentRow('run', runInfo(startedAtMs, id));

export const watched = (id: number, name = `p${id}`): WatchedProcess => ({
  id,
  target: TARGET,
  pid: 1000 + id,
  startTicks: id,
  parentPid: 1,
  sessionId: 1,
  name,
  cmdline: name,
  exe: null,
  startedAtMs: 0,
  parentId: null,
  membership: 'root',
  networkScope: 'network:1',
});

export const startRow = (id: number, name?: string): Row => processRow(watched(id, name));

export const exitRow = (id: number, atMs: number): Row =>
  activityRow({
    kind: 'process',
    op: 'exit',
    atMs,
    target: TARGET,
    collector: 'processes',
    processId: id,
    thread: null,
    exe: null,
    parentName: null,
    exitCode: null,
  } satisfies ProcessActivity);

export const connect = (atMs: number, processId: number | null = 1): NetworkActivity => ({
  kind: 'network',
  op: 'connect',
  atMs,
  target: TARGET,
  collector: 'trace',
  processId,
  thread: null,
  direction: 'outbound',
  protocol: 'tcp',
  remote: { ip: '203.0.113.7', port: 443, process: null, target: null },
  localPort: null,
  bytesSent: null,
  bytesReceived: null,
  lifetimeSeconds: null,
});

export const connectRow = (atMs: number, processId: number | null = 1): Row =>
  activityRow(connect(atMs, processId));

export const cpuRow = (id: number, atMs: number, cpuNs: number): Row =>
  sampleRow({ atMs, processId: id, cpuNs });

export const countersRow = (atMs: number, tasks: number): Row =>
  counterRow({ atMs, scope: 'forks', values: { tasks } });

export const looksRow = (fromMs: number, toMs: number): Row =>
  lookRow({ fromMs, toMs, looks: Math.round((toMs - fromMs) / 1000) + 1, longestStepMs: 1000 });

export const windowOf = (fromMs: number, toMs: number, id = 'after-chat'): Window => ({
  id,
  kind: 'idle',
  trigger: 'user-quiet',
  fromMs,
  toMs,
  requestedMs: toMs - fromMs,
  settleMs: 0,
  closedBy: 'duration',
});

export const windowRow = (fromMs: number, toMs: number, id?: string): Row =>
  documentRow('window', windowOf(fromMs, toMs, id));

export const stretchOf = (
  fromMs: number,
  toMs: number,
  more: Partial<StretchReport> = {},
): StretchReport => ({
  fromMs,
  toMs,
  collectors: [
    { name: 'cpu', target: null, status: 'ok', tier: 'counter', reason: null, lost: 0, cpuSeconds: 0.5 },
  ],
  targets: [{ name: TARGET, selector: { by: 'name', name: 'p1' }, events: null, orphans: [], notes: [] }],
  self: { cpuSeconds: 1, wakeups: 10, rssBytes: 5, connectionsOpened: 1 },
  noise: null,
  eventTypes: {},
  eventColumns: {},
  notes: [],
  ...more,
});

export const stretchRow = (fromMs: number, toMs: number, more: Partial<StretchReport> = {}): Row =>
  documentRow('stretch', stretchOf(fromMs, toMs, more));
