/** One end of a connection. IPv4-mapped IPv6 addresses are written as IPv4. */
export interface SocketAddress {
  ip: string;
  port: number;
}

/** Where the kernel was when it wrote the record. Only in `task` is the thread that is named also the one that acted. */
type KernelContext = 'task' | 'softirq' | 'hardirq';

interface KernelRecordBase {
  /** CLOCK_BOOTTIME in nanoseconds. */
  atNs: number;
  /** The thread that was running. */
  tid: number;
  context: KernelContext;
}

/** sock/inet_sock_set_state. States are those of the kernel's tcp_states.h. */
export interface SocketStateRecord extends KernelRecordBase {
  event: 'socket-state';
  /** The low 48 bits of the socket's address in the kernel: an identity for as long as the socket lives. */
  socket: number;
  protocol: number;
  oldState: number;
  newState: number;
  /** Its port is 0 before one was chosen. */
  local: SocketAddress;
  remote: SocketAddress;
}

/** tcp/tcp_rcv_space_adjust: a thread read from a TCP socket. Tells which addresses a socket has that was there before us. */
export interface SocketAddressRecord extends KernelRecordBase {
  event: 'socket-address';
  socket: number;
  local: SocketAddress;
  remote: SocketAddress;
}

/** sock/sock_send_length and sock/sock_recv_length: one call. */
export interface TransferRecord extends KernelRecordBase {
  event: 'send' | 'receive';
  socket: number;
  /** Address family (AF_INET 2, AF_INET6 10, AF_UNIX 1, …) and IP protocol number, or the family's own. */
  family: number;
  protocol: number;
  /** Bytes, or a negative errno. */
  result: number;
  /** MSG_ flags of the call. */
  flags: number;
}

/** fib/fib_table_lookup and fib6/fib6_table_lookup: somebody asked for the way to an address. */
export interface RouteRecord extends KernelRecordBase {
  event: 'route';
  /**
   * The routing table that was asked: 255 local, 254 main. IPv6 asks one after the other, as IPv4 does under rules of its own:
   * only where the last one fails too is there no way.
   */
  table: number;
  /** 0 where the caller did not tell. */
  protocol: number;
  remote: SocketAddress;
  localPort: number;
  /** 0, or a negative errno: this table knows no way. */
  error: number;
}

/** task/task_newtask, in the parent's context. */
export interface NewTaskRecord extends KernelRecordBase {
  event: 'new-task';
  newTid: number;
  name: string;
  /** A thread of the same process (CLONE_THREAD). */
  isThread: boolean;
  /** The low 32 bits of the flags of clone(2). */
  cloneFlags: number;
}

/** cgroup/cgroup_attach_task: a process was moved into a control group, by whoever was running. */
interface CgroupAttachRecord extends KernelRecordBase {
  event: 'cgroup-attach';
  attachedTid: number;
  name: string;
  /** Of the group in its hierarchy. */
  path: string;
}

/** sched/sched_process_exec. `oldTid` differs from `tid` when another thread than the main one called execve(2). */
export interface ExecRecord extends KernelRecordBase {
  event: 'exec';
  filename: string;
  oldTid: number;
}

/** sched/sched_process_exit. */
export interface ExitRecord extends KernelRecordBase {
  event: 'exit';
  name: string;
  /** It was the last thread of its process; null where the kernel does not tell. */
  isLast: boolean | null;
}

/** sched/sched_waking: `wokenTid` is woken, in the context of who wakes it. */
export interface WakingRecord extends KernelRecordBase {
  event: 'waking';
  wokenTid: number;
  wokenName: string;
}

/** signal/signal_generate, in the context of who sends it. */
export interface SignalRecord extends KernelRecordBase {
  event: 'signal';
  signal: number;
  toTid: number;
}

/** syscalls/sys_enter_*: a thread is about to sleep in a call that takes a timeout. */
export interface SleepRecord extends KernelRecordBase {
  event: 'sleep';
  /** Name of the system call, `epoll_wait`. */
  call: string;
  /** What it asked for, where the arguments hold it themselves; `infinite`, or null where they hold only a pointer. */
  timeoutMs: number | 'infinite' | null;
}

/** syscalls/sys_enter_socket: a thread asks for a socket of a family of which nothing else is told. */
interface NewSocketRecord extends KernelRecordBase {
  event: 'new-socket';
}

/** One record of the kernel's trace, decoded. */
export type KernelRecord =
  | SocketStateRecord
  | SocketAddressRecord
  | TransferRecord
  | RouteRecord
  | NewTaskRecord
  | CgroupAttachRecord
  | NewSocketRecord
  | ExecRecord
  | ExitRecord
  | WakingRecord
  | SignalRecord
  | SleepRecord;
