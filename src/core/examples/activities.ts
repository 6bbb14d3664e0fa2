import type { Activity, FieldValue, NetworkActivity, ProcessActivity } from '../../model/activity.ts';
import { DATA_PREFIX } from '../rules/fields.ts';
import type { ToldProcesses } from './processes.ts';
import { timesOf } from './times.ts';
import type { ToldActivity } from './example.ts';

interface Scene {
  openingMs: number;
  durationMs: number;
  target: string;
  /** Which collector tells of network and processes. */
  isTraced: boolean;
  processes: ToldProcesses;
}

/** Everything that an entry stands for; what it leaves out is not known. */
export function activitiesOf(told: ToldActivity, scene: Scene): Activity[] {
  return timesOf(told, scene.durationMs).map((ms, index) =>
    activityAt(told, scene, scene.openingMs + ms, index),
  );
}

function activityAt(told: ToldActivity, scene: Scene, atMs: number, index: number): Activity {
  const { target, isTraced, processes } = scene;
  const thread = textOf(told['process.thread']);
  const isStart =
    told.activity === 'process' && (told['op'] ?? 'spawn') === 'spawn' && told['replaced'] === undefined;
  const isNameless = told.activity === 'event' || told.activity === 'file' || told.activity === 'log';
  const actor = isNameless
    ? null
    : isStart
      ? processes.spawn(told, target, atMs)
      : processes.actorOf(told, target);
  const base = { atMs, target, processId: actor?.id ?? null, thread };
  switch (told.activity) {
    case 'network':
      return { ...base, ...networkOf(told), collector: isTraced ? 'trace' : 'sockets' };
    case 'process':
      return { ...base, ...processOf(told), collector: isTraced ? 'trace' : 'processes' };
    case 'event':
      return {
        ...base,
        kind: 'event',
        collector: 'events',
        source: textOf(told['source']) ?? 'events',
        type: textOf(told['type']) ?? '',
        id: textOf(told['id']) ?? `${atMs}-${index}`,
        data: dataOf(told),
        firstSeenAtMs: atMs,
        stampedAtMs: atMs,
        stampDoubtful: false,
      };
    case 'log':
      return {
        ...base,
        kind: 'log',
        collector: 'logs',
        source: textOf(told['source']) ?? 'app.log',
        category: textOf(told['category']) ?? '',
        data: dataOf(told),
        firstSeenAtMs: atMs,
        stampedAtMs: atMs,
        stampDoubtful: false,
      };
    default:
      return {
        ...base,
        kind: 'file',
        collector: 'files',
        op: (told['op'] as 'write' | undefined) ?? 'write',
        path: textOf(told['path']) ?? '',
      };
  }
}

type Own<A> = Omit<A, 'atMs' | 'target' | 'collector' | 'processId' | 'thread'>;

function networkOf(told: ToldActivity): Own<NetworkActivity> {
  const op = (told['op'] as NetworkActivity['op'] | undefined) ?? 'connect';
  const ip = textOf(told['remote.ip']);
  const inbound = op === 'accept' || op === 'listen';
  return {
    kind: 'network',
    op,
    direction:
      (told['direction'] as NetworkActivity['direction'] | undefined) ?? (inbound ? 'inbound' : 'outbound'),
    protocol: (told['protocol'] as NetworkActivity['protocol'] | undefined) ?? 'tcp',
    remote:
      ip === null
        ? null
        : {
            ip,
            port: numberOf(told['remote.port']),
            process: textOf(told['remote.process']),
            target: textOf(told['remote.target']),
          },
    localPort: numberOf(told['local.port']),
    bytesSent: numberOf(told['bytesSent']),
    bytesReceived: numberOf(told['bytesReceived']),
    lifetimeSeconds: numberOf(told['lifetimeSeconds']),
  };
}

function processOf(told: ToldActivity): Own<ProcessActivity> {
  return {
    kind: 'process',
    op: (told['op'] as ProcessActivity['op'] | undefined) ?? 'spawn',
    exe: textOf(told['exe']),
    parentName: textOf(told['parent.name']),
    exitCode: numberOf(told['exitCode']),
    ...(told['replaced'] === undefined ? {} : { replaced: textOf(told['replaced']) }),
  };
}

function dataOf(told: ToldActivity): Record<string, FieldValue> {
  const columns = Object.entries(told).filter(([name]) => name.startsWith(DATA_PREFIX));
  return Object.fromEntries(columns.map(([name, value]) => [name.slice(DATA_PREFIX.length), value ?? null]));
}

const textOf = (value: FieldValue | undefined): string | null =>
  value === undefined || value === null ? null : String(value);
const numberOf = (value: FieldValue | undefined): number | null => (typeof value === 'number' ? value : null);
