import type { KernelRecord } from '../../model/kernel-record.ts';
import { type Decode, RecordFields, type RecordHead } from './trace/record-fields.ts';
import { sleepByPointer, sleepForMs, sleepForUnknown, sleepOnFutex } from './trace/sleep-events.ts';
import { newSocket, route, socketAddresses, socketState, transfer } from './trace/socket-events.ts';
import { cgroupAttach, exec, exit, newTask, signal, waking } from './trace/task-events.ts';
import { parseTraceFormat } from './trace-format.ts';

type SleepingCall =
  | 'epoll_wait'
  | 'epoll_pwait'
  | 'epoll_pwait2'
  | 'poll'
  | 'ppoll'
  | 'select'
  | 'pselect6'
  | 'nanosleep'
  | 'clock_nanosleep'
  | 'futex';

/** An event of the kernel's trace that idleproof understands, by its name in tracefs. */
export type TraceEventName =
  | 'sock/inet_sock_set_state'
  | 'tcp/tcp_rcv_space_adjust'
  | 'sock/sock_send_length'
  | 'sock/sock_recv_length'
  | 'fib/fib_table_lookup'
  | 'fib6/fib6_table_lookup'
  | 'task/task_newtask'
  | 'cgroup/cgroup_attach_task'
  | 'sched/sched_process_exec'
  | 'sched/sched_process_exit'
  | 'sched/sched_waking'
  | 'signal/signal_generate'
  | 'syscalls/sys_enter_socket'
  | `syscalls/sys_enter_${SleepingCall}`;

const DECODERS: Readonly<Record<TraceEventName, (fields: RecordFields) => Decode>> = {
  'sock/inet_sock_set_state': socketState,
  'tcp/tcp_rcv_space_adjust': socketAddresses,
  'sock/sock_send_length': (fields) => transfer(fields, 'send'),
  'sock/sock_recv_length': (fields) => transfer(fields, 'receive'),
  'fib/fib_table_lookup': (fields) => route(fields, 4),
  'fib6/fib6_table_lookup': (fields) => route(fields, 16),
  'task/task_newtask': newTask,
  'cgroup/cgroup_attach_task': cgroupAttach,
  'sched/sched_process_exec': exec,
  'sched/sched_process_exit': exit,
  'sched/sched_waking': waking,
  'signal/signal_generate': signal,
  'syscalls/sys_enter_socket': newSocket,
  'syscalls/sys_enter_epoll_wait': sleepForMs('epoll_wait', 'timeout'),
  'syscalls/sys_enter_epoll_pwait': sleepForMs('epoll_pwait', 'timeout'),
  'syscalls/sys_enter_epoll_pwait2': sleepByPointer('epoll_pwait2', 'timeout'),
  'syscalls/sys_enter_poll': sleepForMs('poll', 'timeout_msecs'),
  'syscalls/sys_enter_ppoll': sleepByPointer('ppoll', 'tsp'),
  'syscalls/sys_enter_select': sleepByPointer('select', 'tvp'),
  'syscalls/sys_enter_pselect6': sleepByPointer('pselect6', 'tsp'),
  'syscalls/sys_enter_nanosleep': sleepForUnknown('nanosleep'),
  'syscalls/sys_enter_clock_nanosleep': sleepForUnknown('clock_nanosleep'),
  'syscalls/sys_enter_futex': sleepOnFutex,
};

/** All events that can be decoded where the kernel has them. */
export const TRACE_EVENTS: readonly TraceEventName[] = Object.keys(DECODERS) as TraceEventName[];

/** Why the records of an event cannot be decoded on this kernel. */
interface UnusableEvent {
  event: string;
  reason: string;
}

export interface TraceDecoder {
  /** The events that can be decoded: those to enable. */
  readonly events: readonly TraceEventName[];
  readonly unusable: readonly UnusableEvent[];
  /** Records so far whose bytes made no sense. Each is something that happened and was not seen. */
  readonly damaged: number;
  /** One record, as `parseTracePage` finds it; null where it is unknown, unwanted or damaged. */
  decode(page: DataView, offset: number, length: number, atNs: number): KernelRecord | null;
}

/** `common_flags`, linux/trace_events.h. */
const IN_HARDIRQ = 0x08;
const IN_SOFTIRQ = 0x10;
const IN_NMI = 0x40;

/** Offset of `common_type` in every record; it says which format the rest has. */
const TYPE_OFFSET = 0;

interface BoundEvent {
  decode: Decode;
  minLength: number;
  flags: number;
  tid: number;
}

/**
 * Decodes records by the formats of the running kernel.
 * @param formats texts of the `format` files by the names of their events; an event without one is not there and is unusable
 */
export function traceDecoder(formats: ReadonlyMap<string, string>): TraceDecoder {
  const byId: BoundEvent[] = [];
  const events: TraceEventName[] = [];
  const unusable: UnusableEvent[] = [];
  for (const event of TRACE_EVENTS) {
    try {
      const { id, bound } = bind(event, formats.get(event));
      byId[id] = bound;
      events.push(event);
    } catch (error) {
      unusable.push({ event, reason: (error as Error).message });
    }
  }
  return new BoundDecoder(byId, events, unusable);
}

function bind(event: TraceEventName, text: string | undefined): { id: number; bound: BoundEvent } {
  if (text === undefined) throw new Error('this kernel does not have it');
  const format = parseTraceFormat(text);
  const fields = new RecordFields(format);
  if (fields.at('common_type', 2) !== TYPE_OFFSET) throw new Error('its field common_type is not the first');
  const flags = fields.at('common_flags', 1);
  const tid = fields.at('common_pid', 4);
  const decode = DECODERS[event](fields);
  return { id: format.id, bound: { decode, minLength: fields.minLength, flags, tid } };
}

class BoundDecoder implements TraceDecoder {
  readonly events: readonly TraceEventName[];
  readonly unusable: readonly UnusableEvent[];
  damaged = 0;
  readonly #byId: readonly (BoundEvent | undefined)[];
  /** One for all records: nothing is allocated for those that are passed over. */
  readonly #head: RecordHead = {
    page: new DataView(new ArrayBuffer(0)),
    offset: 0,
    length: 0,
    atNs: 0,
    tid: 0,
    context: 'task',
  };

  constructor(
    byId: readonly (BoundEvent | undefined)[],
    events: readonly TraceEventName[],
    unusable: readonly UnusableEvent[],
  ) {
    this.#byId = byId;
    this.events = events;
    this.unusable = unusable;
  }

  decode(page: DataView, offset: number, length: number, atNs: number): KernelRecord | null {
    if (length < 2) return this.#damage();
    const event = this.#byId[page.getUint16(offset + TYPE_OFFSET, true)];
    if (event === undefined) return null;
    if (length < event.minLength) return this.#damage();
    const head = this.#head;
    head.page = page;
    head.offset = offset;
    head.length = length;
    head.atNs = atNs;
    head.tid = page.getInt32(offset + event.tid, true);
    head.context = contextOf(page.getUint8(offset + event.flags));
    const record = event.decode(head);
    return record === undefined ? this.#damage() : record;
  }

  #damage(): null {
    this.damaged += 1;
    return null;
  }
}

function contextOf(flags: number): KernelRecord['context'] {
  if ((flags & (IN_HARDIRQ | IN_NMI)) !== 0) return 'hardirq';
  return (flags & IN_SOFTIRQ) !== 0 ? 'softirq' : 'task';
}
