import { dropOldest } from '../../../core/derive/oldest.ts';
import type { SocketAddress } from '../../../model/kernel-record.ts';

/** What is sent to whoever talks to a socket, or has connected, is an answer for so long after they did. */
export const ANSWER_NS = 1e9;
/** Who was answered before these counts as somebody new. */
const MOST_REMOTES = 10_000;

/**
 * Which datagrams of a socket that others talk to are answers. No record tells whom a datagram came from; but each has come from one
 * remote, so that whoever sends to more of them than it has received datagrams does that of itself.
 */
export class Answers {
  #receivedNs: number | null = null;
  /** Datagrams that may be answered to somebody who was not answered so far. */
  #open = 0;
  /** Who was answered, the last one last. */
  readonly #answered: Set<string> = new Set();

  received(atNs: number): void {
    if (!this.#isAwaited(atNs)) {
      this.#open = 0;
      this.#answered.clear();
    }
    this.#receivedNs = atNs;
    this.#open += 1;
  }

  /** Whether a datagram that is sent now is one; to be asked once for each. @param remote null: it is not known */
  sent(remote: SocketAddress | null, atNs: number): boolean {
    if (!this.#isAwaited(atNs)) return false;
    const key = remote === null ? '' : `${remote.ip} ${remote.port}`;
    if (!this.#answered.delete(key)) {
      if (this.#open === 0) return false;
      this.#open -= 1;
    }
    this.#answered.add(key);
    dropOldest(this.#answered, MOST_REMOTES);
    return true;
  }

  #isAwaited(atNs: number): boolean {
    return this.#receivedNs !== null && atNs - this.#receivedNs < ANSWER_NS;
  }
}
