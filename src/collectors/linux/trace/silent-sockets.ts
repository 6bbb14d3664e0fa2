import type { NetworkActivity } from '../../../model/activity.ts';

/** So many are held back; of further ones it is told that they were connected. */
const MOST = 1_000;

/**
 * Datagram sockets that were connected, as the tables show them: connect(2) sends nothing then, and the trace tells of each
 * datagram by itself. Only while it misses none: else it is told after all which sockets there were.
 */
export class SilentSockets {
  readonly #held: NetworkActivity[] = [];
  #isMissing = false;

  /** Something that was sent may not be in the trace. Returns what was held back. */
  miss(): NetworkActivity[] {
    this.#isMissing = true;
    return this.#held.splice(0);
  }

  /** Whether nothing is to be told of it for now. */
  holds(sampled: NetworkActivity): boolean {
    const isSilent = sampled.op === 'connect' && sampled.protocol === 'udp';
    if (!isSilent || this.#isMissing || this.#held.length >= MOST) return false;
    this.#held.push(sampled);
    return true;
  }
}
