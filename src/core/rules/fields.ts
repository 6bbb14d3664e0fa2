import type {
  Activity,
  ActivityKind,
  EventActivity,
  FieldValue,
  FileActivity,
  LogActivity,
  NetworkActivity,
  ProcessActivity,
} from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** `any`: a column of the app's own, whose type is known only from its values. */
export type FieldType = 'text' | 'number' | 'ip' | 'time' | 'choice' | 'any';

export interface Field {
  name: string;
  type: FieldType;
  /** The values that a `choice` can have. */
  choices: readonly string[];
  about: string;
  get: (activity: Activity, actor: WatchedProcess | null) => FieldValue;
}

interface FieldRow<A> {
  type: FieldType;
  choices?: readonly string[];
  about: string;
  get: (activity: A, actor: WatchedProcess | null) => FieldValue;
}

const COMMON: Record<string, FieldRow<Activity>> = {
  target: { type: 'text', about: 'name of the target', get: (one) => one.target },
  at: { type: 'time', about: 'when it happened', get: (one) => one.atMs },
  'process.name': {
    type: 'text',
    about: 'name of the acting process',
    get: (_, actor) => actor?.name ?? null,
  },
  'process.cmdline': { type: 'text', about: 'its command line', get: (_, actor) => actor?.cmdline ?? null },
  'process.pid': { type: 'number', about: 'its pid', get: (_, actor) => actor?.pid ?? null },
  'process.thread': { type: 'text', about: 'the thread, where the evidence tells', get: (one) => one.thread },
};

const NETWORK: Record<string, FieldRow<NetworkActivity>> = {
  op: {
    type: 'choice',
    choices: ['connect', 'attempt', 'accept', 'send', 'receive', 'listen', 'keepalive'],
    about:
      '`attempt` was refused or found nobody; `keepalive`, the kernel’s own, matches only where it is named',
    get: (one) => one.op,
  },
  direction: {
    type: 'choice',
    choices: ['outbound', 'inbound'],
    about: 'who opened the connection',
    get: (one) => one.direction,
  },
  protocol: {
    type: 'choice',
    choices: ['tcp', 'udp', 'icmp', 'raw', 'sctp', 'vsock'],
    about: 'transport protocol',
    get: (one) => one.protocol,
  },
  'remote.ip': { type: 'ip', about: 'address of the other end', get: (one) => one.remote?.ip ?? null },
  'remote.port': { type: 'number', about: 'its port', get: (one) => one.remote?.port ?? null },
  'remote.process': {
    type: 'text',
    about: 'the process behind a loopback address',
    get: (one) => one.remote?.process ?? null,
  },
  'remote.target': {
    type: 'text',
    about: 'the target it belongs to',
    get: (one) => one.remote?.target ?? null,
  },
  'local.port': { type: 'number', about: 'port of this end', get: (one) => one.localPort },
  bytesSent: { type: 'number', about: 'bytes', get: (one) => one.bytesSent },
  bytesReceived: { type: 'number', about: 'bytes', get: (one) => one.bytesReceived },
  lifetimeSeconds: {
    type: 'number',
    about: 'how long the connection lived',
    get: (one) => one.lifetimeSeconds,
  },
};

const PROCESS: Record<string, FieldRow<ProcessActivity>> = {
  op: {
    type: 'choice',
    choices: ['spawn', 'exit', 'outlived-parent'],
    about: 'what happened to the process',
    get: (one) => one.op,
  },
  exe: { type: 'text', about: 'path of its program', get: (one) => one.exe },
  'parent.name': { type: 'text', about: 'name of its parent', get: (one) => one.parentName },
  exitCode: { type: 'number', about: 'known for started commands only', get: (one) => one.exitCode },
};

const EVENT: Record<string, FieldRow<EventActivity>> = {
  source: { type: 'text', about: 'name of the events table', get: (one) => one.source },
  type: { type: 'text', about: 'type of the row', get: (one) => one.type },
  id: { type: 'text', about: 'id of the row', get: (one) => one.id },
};

const LOG: Record<string, FieldRow<LogActivity>> = {
  source: { type: 'text', about: 'the log file', get: (one) => one.source },
  category: { type: 'text', about: 'kind of the line', get: (one) => one.category },
};

const FILE: Record<string, FieldRow<FileActivity>> = {
  op: {
    type: 'choice',
    choices: ['create', 'write', 'delete', 'rename'],
    about: 'what happened to the file',
    get: (one) => one.op,
  },
  path: { type: 'text', about: 'path of the file', get: (one) => one.path },
};

/** Every field that rules and reports use, by activity. `event` and `log` have `data.*` beside these. */
export const FIELDS: Record<ActivityKind, ReadonlyMap<string, Field>> = {
  network: tableOf(NETWORK),
  process: tableOf(PROCESS),
  event: tableOf(EVENT),
  log: tableOf(LOG),
  file: tableOf(FILE),
};

export const ACTIVITIES: readonly ActivityKind[] = ['network', 'process', 'event', 'log', 'file'];

export const DEFAULT_GROUP_BY: Record<ActivityKind, readonly string[]> = {
  network: ['protocol', 'remote.ip', 'remote.port'],
  process: ['exe'],
  event: ['type'],
  log: ['category'],
  file: ['path'],
};

/** A field of an activity by its dotted name; null where there is none of that name. */
export function fieldOf(kind: ActivityKind, name: string): Field | null {
  const known = FIELDS[kind].get(name);
  if (known !== undefined) return known;
  const isData = (kind === 'event' || kind === 'log') && /^data\../.test(name);
  return isData ? dataField(name) : null;
}

function dataField(name: string): Field {
  const column = name.slice('data.'.length);
  const get = (activity: Activity): FieldValue =>
    'data' in activity && Object.hasOwn(activity.data, column) ? (activity.data[column] ?? null) : null;
  return { name, type: 'any', choices: [], about: 'a column of the app’s own', get };
}

function tableOf<A extends Activity>(rows: Record<string, FieldRow<A>>): ReadonlyMap<string, Field> {
  const all: Record<string, FieldRow<never>> = { ...COMMON, ...rows };
  return new Map(
    Object.entries(all).map(([name, { type, choices = [], about, get }]) => [
      name,
      { name, type, choices, about, get: get as Field['get'] },
    ]),
  );
}
