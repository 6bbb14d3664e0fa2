import type {
  Activity,
  EventActivity,
  FieldValue,
  FileActivity,
  LogActivity,
  NetworkActivity,
  ProcessActivity,
  RemoteEnd,
} from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { keptPart } from '../parse/cut-text.ts';
import { isUnresolved } from '../parse/unresolved-path.ts';
import { bytesOf } from './pattern.ts';

/** `any`: a column of the app's own, whose type is known only from its values. */
export type FieldType = 'text' | 'number' | 'ip' | 'time' | 'choice' | 'any';

/** What is recorded of a field: null where there is no such thing, undefined where it is not known. */
export type FieldReading = FieldValue | undefined;

/** What a number can be. */
export interface NumberRange {
  least: number;
  most: number;
  isWhole: boolean;
}

const whole = (least: number, most: number = Number.POSITIVE_INFINITY): NumberRange => ({
  least,
  most,
  isWhole: true,
});

const PORT = { type: 'number', range: whole(0, 65_535) } as const;
/** PID_MAX_LIMIT of the kernel; see proc_sys_kernel(5). */
const MOST_PIDS = 4_194_304;

/** How all texts of a field begin, so that one that is written otherwise never occurs. */
export interface Form {
  /** Of what a rule asks for; wildcards in it are allowed for. */
  pattern: RegExp;
  problem: string;
}

export interface FieldRow<A> {
  type: FieldType;
  choices?: readonly string[];
  about: string;
  maxBytes?: number;
  range?: NumberRange;
  form?: Form;
  isAlwaysKnown?: boolean;
  get: (activity: A, actor: WatchedProcess | null) => FieldReading;
  surePart?: (text: string) => string | null;
  keptPart?: (text: string) => string | null;
}

/** comm, the name that the kernel keeps of a process or thread; see proc_pid_comm(5). */
const NAME_BYTES = 15;
const NAME = {
  type: 'text',
  maxBytes: NAME_BYTES,
  surePart: (text: string) => (bytesOf(text) < NAME_BYTES ? null : text),
} as const;

/** Stands for a secret that was taken out of a command line. */
const REDACTED = '***';

export const COMMON: Record<string, FieldRow<Activity>> = {
  target: { type: 'text', isAlwaysKnown: true, about: 'name of the target', get: (one) => one.target },
  at: { type: 'time', isAlwaysKnown: true, about: 'when it happened', get: (one) => one.atMs },
  'process.name': {
    ...NAME,
    about: 'name of the acting process, 15 bytes at most; never known of event and file',
    get: (_, actor) => actor?.name,
  },
  'process.cmdline': {
    type: 'text',
    about:
      'its command line, secrets redacted, 512 characters at most; never known of event and file, nor of processes that ended before anybody looked',
    // Nothing: it could not be read.
    get: (_, actor) => actor?.cmdline || undefined,
    surePart: (text) => (text.includes(REDACTED) ? text.slice(0, text.indexOf(REDACTED)) : null),
  },
  'process.pid': {
    type: 'number',
    range: whole(1, MOST_PIDS),
    about: 'its pid; never known of event and file',
    get: (_, actor) => actor?.pid,
  },
  'process.thread': {
    ...NAME,
    about: 'the thread, 15 bytes at most; not known by sampling',
    get: (one) => one.thread ?? undefined,
  },
};

export const NETWORK: Record<string, FieldRow<NetworkActivity>> = {
  op: {
    type: 'choice',
    isAlwaysKnown: true,
    choices: ['connect', 'attempt', 'accept', 'send', 'receive', 'listen', 'keepalive'],
    about:
      '`attempt` was refused or found nobody; `keepalive`, the kernel’s own, matches only where it is named; sampling sees no attempts',
    get: (one) => one.op,
  },
  direction: {
    type: 'choice',
    isAlwaysKnown: true,
    choices: ['outbound', 'inbound'],
    about: 'who opened the connection',
    get: (one) => one.direction,
  },
  protocol: {
    type: 'choice',
    isAlwaysKnown: true,
    choices: ['tcp', 'udp', 'icmp', 'raw', 'sctp', 'vsock'],
    about: 'transport protocol; sampling sees tcp, and of udp connect and listen',
    get: (one) => one.protocol,
  },
  'remote.ip': { type: 'ip', about: 'address of the other end', get: (one) => ofRemote(one, 'ip') },
  'remote.port': { ...PORT, about: 'its port', get: portOf },
  'remote.process': {
    ...NAME,
    about: 'the process behind a loopback address, 15 bytes at most; where it may be looked into',
    get: (one) => ofRemote(one, 'process') ?? undefined,
  },
  'remote.target': {
    type: 'text',
    about: 'the target it belongs to; known where `remote.process` is',
    // A process that is known and belongs to no target is known to belong to none.
    get: (one) => ofRemote(one, 'target') ?? (one.remote?.process == null ? undefined : null),
  },
  'local.port': { ...PORT, about: 'port of this end', get: (one) => one.localPort ?? undefined },
  bytesSent: {
    type: 'number',
    range: whole(0),
    about: 'bytes; not known of UDP by sampling',
    get: (one) => one.bytesSent ?? (one.op === 'receive' || one.op === 'listen' ? null : undefined),
  },
  bytesReceived: {
    type: 'number',
    range: whole(0),
    about: 'bytes; not known of UDP by sampling',
    get: (one) => one.bytesReceived ?? (one.op === 'send' || one.op === 'listen' ? null : undefined),
  },
  lifetimeSeconds: {
    type: 'number',
    range: { least: 0, most: Number.POSITIVE_INFINITY, isWhole: false },
    about: 'how long the connection lived; not known by sampling',
    get: (one) => one.lifetimeSeconds ?? undefined,
  },
};

export const PROCESS: Record<string, FieldRow<ProcessActivity>> = {
  op: {
    type: 'choice',
    isAlwaysKnown: true,
    choices: ['spawn', 'exit', 'outlived-parent'],
    about: 'what happened to the process',
    get: (one) => one.op,
  },
  exe: {
    type: 'text',
    // A program may have been executed by a path that is relative, but there is a slash in it.
    form: { pattern: /[/*?]/, problem: 'is the path of a program, such as /usr/bin/curl or */curl' },
    about:
      'path of its program as /proc tells it: links resolved, of a script its interpreter. Of one that ended before anybody looked it is resolved where that can be done; else it ends with « (unresolved)» and decides nothing',
    keptPart: (text) => (isUnresolved(text) ? '' : keptPart(text)),
    get: (one) => one.exe ?? undefined,
  },
  'parent.name': {
    ...NAME,
    about: 'name of its parent, 15 bytes at most; known where the parent is watched',
    get: (one) => one.parentName ?? undefined,
  },
  exitCode: {
    type: 'number',
    range: whole(0, 255),
    about: 'known for started commands only',
    get: (one) => one.exitCode ?? (one.op === 'exit' ? undefined : null),
  },
};

export const EVENT: Record<string, FieldRow<EventActivity>> = {
  source: { type: 'text', isAlwaysKnown: true, about: 'name of the events table', get: (one) => one.source },
  type: { type: 'text', isAlwaysKnown: true, about: 'type of the row', get: (one) => one.type },
  id: { type: 'text', isAlwaysKnown: true, about: 'id of the row', get: (one) => one.id },
};

export const LOG: Record<string, FieldRow<LogActivity>> = {
  source: { type: 'text', isAlwaysKnown: true, about: 'the log file', get: (one) => one.source },
  category: { type: 'text', isAlwaysKnown: true, about: 'kind of the line', get: (one) => one.category },
};

export const FILE: Record<string, FieldRow<FileActivity>> = {
  op: {
    type: 'choice',
    isAlwaysKnown: true,
    choices: ['create', 'write', 'delete', 'rename'],
    about: 'what happened to the file; `write` is content, not permissions',
    get: (one) => one.op,
  },
  path: {
    type: 'text',
    form: { pattern: /^[/*?]/, problem: 'begins with a slash, as in /srv/app/data.db or */data.db' },
    isAlwaysKnown: true,
    about: 'its path, links of the watched folder resolved; a `rename` has the new one',
    get: (one) => one.path,
  },
};

/** A remote end that has no known port is another matter than one that there is not. */
function portOf(one: NetworkActivity): FieldReading {
  return one.remote === null ? ofRemote(one, 'port') : (one.remote.port ?? undefined);
}

/** Who listens for TCP has no other end; a UDP socket that is open to anybody has one that is not known. */
function ofRemote<K extends keyof RemoteEnd>(
  { op, protocol, remote }: NetworkActivity,
  key: K,
): RemoteEnd[K] | undefined {
  if (remote !== null) return remote[key];
  return op === 'listen' && protocol === 'tcp' ? (null as RemoteEnd[K]) : undefined;
}
