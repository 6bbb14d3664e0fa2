import type { SocketRecord } from '../../../core/parse/socket-record.ts';
import type { DestroyedSocket } from '../../../core/parse/ss-event.ts';
import type { NetworkActivity } from '../../../model/activity.ts';

/** FIN_WAIT1, FIN_WAIT2, LAST_ACK and CLOSING of the kernel's net/tcp_states.h: its own FIN has been sent. */
const FINISHED: ReadonlySet<number> = new Set([4, 5, 9, 11]);

interface Endings {
  records: readonly SocketRecord[];
  destroyed: readonly { socket: DestroyedSocket }[];
}

/**
 * How many connections were finished by a FIN since the look before: the kernel counts it among the segments with payload
 * (TCPOrigDataSent) although it carries none.
 */
export function finsOf(
  before: readonly SocketRecord[],
  { records, destroyed }: Endings,
  directionAt: (port: number) => NetworkActivity['direction'],
): number {
  const finished = new Set(before.filter(isFinished).map(keyOf));
  const gone = new Set<string>();
  let fins = 0;
  for (const { socket } of destroyed) {
    const { localPort, remote, ackedBytes, sentBytes } = socket;
    if (localPort === null || remote?.port == null || sentBytes === null) continue;
    const key = `${localPort} ${remote.ip} ${remote.port}`;
    gone.add(key);
    const syn = directionAt(localPort) === 'outbound' ? 1 : 0;
    if (!finished.has(key) && ackedBytes - sentBytes - syn === 1) fins += 1;
  }
  for (const record of records) {
    const key = keyOf(record);
    // What the kernel keeps of a destroyed socket for a while is in the table, too.
    if (isFinished(record) && !finished.has(key) && !gone.has(key)) fins += 1;
  }
  return fins;
}

function isFinished({ protocol, state }: SocketRecord): boolean {
  return protocol === 'tcp' && FINISHED.has(state);
}

function keyOf({ local, remote }: SocketRecord): string {
  return `${local.port} ${remote.ip} ${remote.port}`;
}
