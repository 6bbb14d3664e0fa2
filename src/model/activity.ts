export type ActivityKind = 'network' | 'process' | 'event' | 'log' | 'file';

interface ActivityBase {
  atMs: number;
  target: string;
  collector: string;
  /** Number of the acting process in the run's evidence; null where nobody could be named. */
  processId: number | null;
  /** Thread that acted, where the evidence tells. */
  thread: string | null;
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
}

export type FieldValue = string | number | boolean | null;

export interface EventActivity extends ActivityBase {
  kind: 'event';
  /** Name of the events table. */
  source: string;
  type: string;
  id: string;
  /**
   * The other columns, bounded in number and length: a text that was cut ends with «…», and the key «…» says how many
   * columns were left out; see core/parse/cut-text.ts.
   */
  data: Record<string, FieldValue>;
  firstSeenAtMs: number;
  /** Where the stamp says nothing to rely on: the last look that saw the table without it. Left out: not known. */
  notBeforeMs?: number;
  /** The row's own stamp as it was understood; null where it could not be read as a time. */
  stampedAtMs: number | null;
  /** The stamp is too far from when the row was first seen to be believed (a wrong time zone, a wrong unit). */
  stampDoubtful: boolean;
}

export interface LogActivity extends ActivityBase {
  kind: 'log';
  source: string;
  category: string;
  data: Record<string, FieldValue>;
}

export interface FileActivity extends ActivityBase {
  kind: 'file';
  op: 'create' | 'write' | 'delete' | 'rename';
  path: string;
}

export type Activity = NetworkActivity | ProcessActivity | EventActivity | LogActivity | FileActivity;
