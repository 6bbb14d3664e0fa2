import { type SocketRecord, TCP_STATE } from '../../../core/parse/socket-record.ts';
import type { DestroyedSocket } from '../../../core/parse/ss-event.ts';

/** Its own FIN has been sent. */
const FINISHED: ReadonlySet<number> = new Set([
  TCP_STATE.finWait1,
  TCP_STATE.finWait2,
  TCP_STATE.lastAck,
  TCP_STATE.closing,
]);

/**
 * Connections that are finished by a FIN: the kernel counts it among the segments with payload (TCPOrigDataSent) although it
 * carries none.
 */
export class Fins {
  #finished: ReadonlySet<string>;

  constructor(records: readonly SocketRecord[]) {
    this.#finished = finishedIn(records);
  }

  /** 1 where a socket that was destroyed since the last look has sent one since. */
  of({ localPort, remote, ackedBytes, sentBytes }: DestroyedSocket, hasOpened: boolean): number {
    if (remote?.port == null || sentBytes === null) return 0;
    const isOld = this.#finished.has(`${localPort} ${remote.ip} ${remote.port}`);
    return !isOld && ackedBytes - sentBytes - (hasOpened ? 1 : 0) === 1 ? 1 : 0;
  }

  /** How many sockets that are still in the tables have sent one since the last look; to be called once at each. */
  atLook(records: readonly SocketRecord[], destroyed: readonly DestroyedSocket[]): number {
    const before = this.#finished;
    this.#finished = finishedIn(records);
    // What the kernel keeps of a destroyed socket for a while is in the table, too.
    const gone = new Set(
      destroyed.map(({ localPort, remote }) => `${localPort} ${remote?.ip} ${remote?.port}`),
    );
    return [...this.#finished].filter((key) => !before.has(key) && !gone.has(key)).length;
  }
}

function finishedIn(records: readonly SocketRecord[]): Set<string> {
  return new Set(
    records
      .filter(({ protocol, state }) => protocol === 'tcp' && FINISHED.has(state))
      .map(({ local, remote }) => `${local.port} ${remote.ip} ${remote.port}`),
  );
}
