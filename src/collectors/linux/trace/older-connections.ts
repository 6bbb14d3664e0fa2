import type { SocketAddress } from '../../../model/kernel-record.ts';
import type { KnownSocket } from './flow.ts';

/** Connections that were open when the trace began: whatever is heard of one, it was not opened now. */
export class OlderConnections {
  readonly #known: Map<string, KnownSocket> = new Map();

  /** @param known as the socket tables show them */
  add(known: Iterable<KnownSocket>): void {
    for (const one of known) if (one.remote !== null) this.#known.set(keyOf(one.local, one.remote), one);
  }

  /** The one between these ends; null where there was none, or somebody has asked before: its ends can be used again. */
  claim(local: SocketAddress, remote: SocketAddress): KnownSocket | null {
    const known = this.find(local, remote);
    this.#known.delete(keyOf(local, remote));
    return known;
  }

  /** The same, for somebody who only wants to know how it was when the trace began. */
  find(local: SocketAddress, remote: SocketAddress): KnownSocket | null {
    return this.#known.get(keyOf(local, remote)) ?? null;
  }
}

function keyOf(local: SocketAddress, remote: SocketAddress): string {
  return `${local.ip} ${local.port} ${remote.ip} ${remote.port}`;
}
