import { TCP_STATE } from '../../../core/parse/socket-record.ts';
import type { TraceEventName } from '../../../core/parse/trace-records.ts';

/** What a trace can claim, and the events without which it cannot. The others only add to it. */
const NEEDS: readonly { claim: string; events: readonly TraceEventName[] }[] = [
  { claim: 'TCP connections', events: ['sock/inet_sock_set_state'] },
  { claim: 'what is sent', events: ['sock/sock_send_length'] },
  { claim: 'what is received', events: ['sock/sock_recv_length'] },
  {
    claim: 'addresses of datagrams and attempts that fail at once',
    events: ['fib/fib_table_lookup', 'fib6/fib6_table_lookup'],
  },
  {
    claim: 'processes and threads',
    events: ['task/task_newtask', 'sched/sched_process_exec', 'sched/sched_process_exit'],
  },
];

/**
 * Why a trace on this kernel does not see everything; null where it does.
 * @param whyNot why an event cannot be used; null where it can
 */
export function missingClaims(whyNot: (event: TraceEventName) => string | null): string | null {
  const lacking = NEEDS.filter(({ events }) => events.some((event) => whyNot(event) !== null));
  if (lacking.length === 0) return null;
  const reasons = lacking
    .flatMap(({ events }) => events)
    .flatMap((event) => whyNot(event) ?? [])
    .join(', ');
  return `the trace of this kernel does not tell ${lacking.map(({ claim }) => claim).join(', ')} (${reasons})`;
}

/** Those that sending and receiving leave behind. */
export function isNetworkEvent(event: TraceEventName): boolean {
  return /^(sock|tcp|fib6?)\//.test(event);
}

/** Tells of a socket that is made. */
export const NEW_SOCKET = 'syscalls/sys_enter_socket';

/** Those that tell when and why a thread woke, and nothing of what it did: many. */
export function isWakeEvent(event: TraceEventName): boolean {
  return (
    event === 'sched/sched_waking' ||
    event === 'signal/signal_generate' ||
    (event.startsWith('syscalls/') && event !== NEW_SOCKET)
  );
}

/** What the targets themselves do. */
export function isActEvent(event: TraceEventName): boolean {
  return !isWakeEvent(event) && event !== 'cgroup/cgroup_attach_task';
}

/** By which everybody comes into a control group who is not the child of somebody there. */
export const ENTRY_EVENTS = ['task/task_newtask', 'cgroup/cgroup_attach_task'] as const;

/** CLONE_INTO_CGROUP of clone3(2). */
export const ONLY_INTO_CGROUP = 'clone_flags & 0x200000000';

const HOST_EVENTS: ReadonlySet<TraceEventName> = new Set([
  'sched/sched_process_exec',
  'sock/inet_sock_set_state',
  ...ENTRY_EVENTS,
]);

/** What is recorded of everybody on the host. */
export function isHostEvent(event: TraceEventName): boolean {
  return HOST_EVENTS.has(event);
}

/** Sockets of connections that come to some ports, as they leave the state in which the kernel makes them. */
export function arrivingAt(ports: readonly number[]): string {
  const anyOf = ports.length === 0 ? 'sport == 0' : ports.map((port) => `sport == ${port}`).join(' || ');
  return `oldstate == ${TCP_STATE.synReceived} && (${anyOf})`;
}

/** AF_UNIX 1 and AF_NETLINK 16 are no network, and a program can send more over them than a buffer holds. */
export const ONLY_NETWORK = 'family != 1 && family != 16';

/** AF_XDP, which sends without a call that is recorded; see socket-kinds.ts. */
export const ONLY_UNTRACED = 'family == 44';

/** The workers of io_uring, as the kernel names them. */
export const ONLY_IO_WORKERS = 'comm ~ "iou-*"';

/** What is recorded of a network event where the workers of io_uring are recorded apart; null: all of it. */
export function besideWorkers(event: TraceEventName): string | null {
  if (!isNetworkEvent(event)) return null;
  const others = `!(${ONLY_IO_WORKERS})`;
  return isTransfer(event) ? `${ONLY_NETWORK} && ${others}` : others;
}

/** Those that tell how much was sent or received, and by a socket of which family. */
export function isTransfer(event: TraceEventName): boolean {
  return event === 'sock/sock_send_length' || event === 'sock/sock_recv_length';
}
