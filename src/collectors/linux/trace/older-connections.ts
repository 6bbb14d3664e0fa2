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
    const key = keyOf(local, remote);
    const known = this.#known.get(key) ?? null;
    this.#known.delete(key);
    return known;
  }
}

function keyOf(local: SocketAddress, remote: SocketAddress): string {
  return `${local.ip} ${local.port} ${remote.ip} ${remote.port}`;
}
