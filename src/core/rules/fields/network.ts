import type { NetworkActivity, RemoteEnd } from '../../../model/activity.ts';
import { NAME } from './process-name.ts';
import { type FieldReading, type FieldRow, whole } from './row.ts';

const PORT = { type: 'number', range: whole(0, 65_535) } as const;

/** Who talked to whom, and how much. */
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
    about: 'who opened the connection; but what is sent on it and nobody has asked for is outbound',
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
