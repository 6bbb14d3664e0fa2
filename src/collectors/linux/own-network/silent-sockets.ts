import type { NetworkActivity } from '../../../model/activity.ts';

/** So many are held back; of further ones it is told that they were connected. */
const MOST = 1_000;

/**
 * Datagram sockets that were connected while no datagram was counted: connect(2) sends nothing then. As soon as one is, each
 * of those that are still open may have sent it, and their addresses are the best that is known of it.
 */
export class SilentSockets {
  #held: NetworkActivity[] = [];

  /** What is to be told of what was seen at a look. */
  take(seen: readonly NetworkActivity[], hasSentDatagrams: boolean): NetworkActivity[] {
    if (hasSentDatagrams) return [...this.#held.splice(0), ...seen];
    return seen.filter((one) => {
      const isHeld = one.op === 'connect' && one.protocol === 'udp' && this.#held.length < MOST;
      if (isHeld) this.#held.push(one);
      return !isHeld;
    });
  }

  /** A socket was destroyed; the port of its remote end may be forgotten by now. */
  close(localPort: number, remote: { ip: string; port: number | null }): void {
    this.#held = this.#held.filter(
      (one) =>
        one.localPort !== localPort ||
        one.remote?.ip !== remote.ip ||
        (remote.port !== null && one.remote.port !== remote.port),
    );
  }
}
