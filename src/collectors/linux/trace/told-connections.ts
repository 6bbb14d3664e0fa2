import type { NetworkActivity } from '../../../model/activity.ts';

/** What is still in a socket's buffer when a look comes shows in the tables at one of the next. */
const RECENT_LOOKS = 3;
/** As many connections are remembered, those that were told last. */
const MOST = 20_000;

const OPENING: ReadonlySet<NetworkActivity['op']> = new Set(['connect', 'accept']);

/** Connections that were told already, so that nobody tells them again. */
export class ToldConnections {
  /** By target and ends, at which look it was told last. */
  readonly #looks: Map<string, number> = new Map();
  #look = 0;

  nextLook(): void {
    this.#look += 1;
  }

  add(activity: NetworkActivity): void {
    const key = keyOf(activity);
    if (key === null) return;
    this.#looks.delete(key);
    this.#looks.set(key, this.#look);
    const [oldest] = this.#looks.keys();
    if (this.#looks.size > MOST && oldest !== undefined) this.#looks.delete(oldest);
  }

  /**
   * That a connection was opened is known for as long as it is remembered; that something moved on it, or that somebody
   * listens, where it was told at one of the last looks.
   */
  isKnown(activity: NetworkActivity): boolean {
    const key = keyOf(activity);
    const look = key === null ? undefined : this.#looks.get(key);
    if (look === undefined) return false;
    return OPENING.has(activity.op) || this.#look - look < RECENT_LOOKS;
  }
}

/** null: it is neither a listening end nor a connection between two. */
function keyOf({ target, protocol, localPort, remote, op }: NetworkActivity): string | null {
  if (op === 'listen' && localPort !== null) return JSON.stringify([target, protocol, localPort]);
  // Datagrams to one remote are one thing, from whichever socket.
  if (remote !== null && protocol === 'udp')
    return JSON.stringify([target, protocol, remote.ip, remote.port]);
  if (remote === null || localPort === null) return null;
  return JSON.stringify([target, protocol, localPort, remote.ip, remote.port]);
}
