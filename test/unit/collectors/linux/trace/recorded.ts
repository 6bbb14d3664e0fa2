import type { KernelRecord, SocketAddress } from '../../../../../src/model/kernel-record.ts';
import type { Flow } from '../../../../../src/collectors/linux/trace/flow.ts';
import { Flows } from '../../../../../src/collectors/linux/trace/flows.ts';

/** The thread of the target in all recordings. */
export const TID = 4668;
/** A thread of somebody else. */
export const OTHER = 77;

const STATES =
  'NONE ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING'.split(
    ' ',
  );

function address(text: string): SocketAddress {
  const colon = text.lastIndexOf(':');
  return { ip: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

function valueOf(text: string, name: string): number {
  const value = new RegExp(`\\b${name}=?(-?(?:0x)?[0-9a-f]+)`).exec(text)?.[1];
  if (value === undefined) throw new Error(`no ${name} in «${text}»`);
  return Number(value);
}

/**
 * One record, written as `microseconds thread context event …`; the context is `.` (task), `s` or `h`. Sockets are called
 * s1, s2, … Recorded on Linux 6.18.
 */
function recordOf(line: string): KernelRecord {
  const [micros, tid, context, event, ...rest] = line.trim().split(/\s+/);
  const text = rest.join(' ');
  const head = {
    atNs: Math.round(Number(micros) * 1e3) + 1e12,
    tid: Number(tid),
    context:
      context === 's' ? ('softirq' as const) : context === 'h' ? ('hardirq' as const) : ('task' as const),
  };
  const socket = Number(/^s(\d+)/.exec(text)?.[1] ?? 0);
  const [from, to] = (/(\S+) -> (\S+)/.exec(text) ?? []).slice(1, 3).map(address);
  switch (event) {
    case 'state': {
      const [oldState, newState] = (/(\w+)->(\w+)/.exec(text) ?? [])
        .slice(1, 3)
        .map((name) => STATES.indexOf(name));
      return {
        ...head,
        event: 'socket-state',
        socket,
        protocol: valueOf(text, 'proto'),
        oldState: oldState!,
        newState: newState!,
        local: from!,
        remote: to!,
      };
    }
    case 'addr':
      return { ...head, event: 'socket-address', socket, local: from!, remote: to! };
    case 'send':
    case 'recv':
      return {
        ...head,
        event: event === 'send' ? 'send' : 'receive',
        socket,
        family: valueOf(text, 'fam'),
        protocol: valueOf(text, 'proto'),
        result: valueOf(text, 'ret'),
        flags: valueOf(text, 'flags'),
      };
    case 'route':
      return {
        ...head,
        event: 'route',
        table: valueOf(text, 'table'),
        protocol: valueOf(text, 'proto'),
        remote: to!,
        localPort: from!.port,
        error: valueOf(text, 'err'),
      };
    case 'exit':
      return { ...head, event: 'exit', name: 'python3', isLast: true };
    default:
      throw new Error(`what is «${line}»?`);
  }
}

export function recorded(text: string): KernelRecord[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(recordOf);
}

interface World {
  listening?: readonly number[];
  followed?: (tid: number) => boolean;
  targetOf?: (tid: number) => string;
}

export function flowsIn({
  listening = [],
  followed = (tid) => tid !== OTHER,
  targetOf = () => 'app',
}: World = {}): Flows {
  return new Flows({
    isFollowed: followed,
    isSameProcess: (tid, other) => tid === other,
    targetOf,
    networkOf: () => null,
    isListening: ({ port }) => listening.includes(port),
  });
}

/** Microseconds of a recording as `take` wants them. */
export function us(value: number): number {
  return value * 1e3 + 1e12;
}

export function play(flows: Flows, text: string): void {
  for (const record of recorded(text)) flows.record(record);
}

/** What a whole recording comes to, without a take in between. */
export function flowsOf(text: string, world: World = {}): Flow[] {
  const flows = flowsIn(world);
  play(flows, text);
  return flows.take(us(1e9), true);
}

/** A flow in one line: op, direction, protocol, ends, bytes, duration in microseconds. */
export function brief(flow: Flow): string {
  const at = (end: SocketAddress | null): string => (end === null ? '?' : `${end.ip}:${end.port}`);
  const { op, direction, protocol, local, remote, bytesSent, bytesReceived, atNs, endNs } = flow;
  const life = endNs === null ? '' : ` ${Math.round((endNs - atNs) / 1e3)}us`;
  return `${op} ${direction} ${protocol} ${at(local)} -> ${at(remote)} ${bytesSent}/${bytesReceived ?? '?'}${life}`;
}
