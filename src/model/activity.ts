export type ActivityKind = 'network' | 'process' | 'event' | 'log' | 'file';

interface ActivityBase {
  atMs: number;
  target: string;
  collector: string;
  /** Number of the acting process in the run's evidence; null where nobody could be named. */
  processId: number | null;
  /** Thread that acted, where the evidence tells. */
  thread: string | null;
  /** What it left behind shows, and did not at this time: it may have happened more than once since then. Left out: it is told by itself. */
  sinceMs?: number;
  /** When the last of those came that it stands for, such as sends of one burst: what came in between has no time of its own. Left out: at once. */
  lastAtMs?: number;
}

type NetworkOp = 'connect' | 'attempt' | 'accept' | 'send' | 'receive' | 'listen' | 'keepalive';
type NetworkProtocol = 'tcp' | 'udp' | 'icmp' | 'raw' | 'sctp' | 'vsock';

export interface RemoteEnd {
  /** Normalised: IPv4-mapped IPv6 addresses are written as IPv4. */
  ip: string;
  /** null: not known; the kernel has forgotten it when it tells of a call that was refused. */
  port: number | null;
  /** Name of the process behind a loopback address. */
  process: string | null;
  /** The target that this process belongs to. */
  target: string | null;
}

export interface NetworkActivity extends ActivityBase {
  kind: 'network';
  op: NetworkOp;
  /** Who opened the connection. */
  direction: 'outbound' | 'inbound';
  protocol: NetworkProtocol;
  remote: RemoteEnd | null;
  localPort: number | null;
  bytesSent: number | null;
  bytesReceived: number | null;
  lifetimeSeconds: number | null;
}

export interface ProcessActivity extends ActivityBase {
  kind: 'process';
  /** `exit` and `spawn` are also written when a whole target goes away and comes back. */
  op: 'spawn' | 'exit' | 'outlived-parent';
  exe: string | null;
  parentName: string | null;
  exitCode: number | null;
  /**
   * Only of a `spawn` that created no process: a program that an existing one executed in the place of its own. The path of that one;
   * null where it is not known.
   */
  replaced?: string | null;
}

export type FieldValue = string | number | boolean | null;

/** What the app itself has written down, a row or a line. */
interface RecordBase extends ActivityBase {
  /** Name of the events table, or whole path of the log file, links not followed. */
  source: string;
  /**
   * The other columns or fields, bounded in number and length: a text that was cut ends with «…», and the key «…» says how
   * many were left out; see core/parse/cut-text.ts.
   */
  data: Record<string, FieldValue>;
  firstSeenAtMs: number;
  /** Where the stamp says nothing to rely on: the last look that saw the table or file without it. Left out: not known. */
  notBeforeMs?: number;
  /** Its own stamp as it was understood; null where it has none, or none that could be read as a time. */
  stampedAtMs: number | null;
  /** The stamp is too far from when it was first seen to be believed (a wrong time zone, a wrong unit). */
  stampDoubtful: boolean;
  /** The stamp can be right, but is from before the file was written to. Left out: it is not, or that is not known. */
  backdated?: true;
}

export interface EventActivity extends RecordBase {
  kind: 'event';
  type: string;
  id: string;
}

export interface LogActivity extends RecordBase {
  kind: 'log';
  category: string;
}

export interface FileActivity extends ActivityBase {
  kind: 'file';
  op: 'create' | 'write' | 'delete' | 'rename';
  path: string;
}

export type Activity = NetworkActivity | ProcessActivity | EventActivity | LogActivity | FileActivity;
