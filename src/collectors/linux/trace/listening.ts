import { dropOldest } from '../../../core/derive/oldest.ts';
import { isUnspecified } from '../../../core/parse/ip-address.ts';
import type { SocketAddress, SocketStateRecord } from '../../../model/kernel-record.ts';

const MAX_LISTENERS = 10_000;

/** Somebody who listens, and the network namespace; null: it is not known. */
interface Listener {
  local: SocketAddress;
  network: string | null;
}

/**
 * Where the targets listen: as the caller knows it from the socket tables, and what was opened since. The same port means
 * nothing in another network namespace.
 */
export class Listening {
  readonly #isListening: (local: SocketAddress, network: string | null) => boolean;
  readonly #networkOf: (tid: number) => string | null;
  readonly #opened: Map<number, Listener> = new Map();
  /** The same by port: a program may listen on thousands. */
  readonly #atPort: Map<number, Set<Listener>> = new Map();

  /**
   * @param isListening asked with null where the namespace is not known, for any of them
   * @param networkOf the network namespace of a thread
   */
  constructor(
    isListening: (local: SocketAddress, network: string | null) => boolean,
    networkOf: (tid: number) => string | null,
  ) {
    this.#isListening = isListening;
    this.#networkOf = networkOf;
  }

  opened({ socket, local, tid }: SocketStateRecord): void {
    this.closed(socket);
    const listener = { local, network: this.#networkOf(tid) };
    this.#opened.set(socket, listener);
    this.#atPort.set(local.port, (this.#atPort.get(local.port) ?? new Set()).add(listener));
    dropOldest(this.#opened, MAX_LISTENERS, (oldest) => this.closed(oldest));
  }

  closed(socket: number): void {
    const listener = this.#opened.get(socket);
    if (listener === undefined) return;
    this.#opened.delete(socket);
    const alike = this.#atPort.get(listener.local.port);
    alike?.delete(listener);
    if (alike?.size === 0) this.#atPort.delete(listener.local.port);
  }

  /**
   * Whether somebody listens there.
   * @param tid a thread that acted on the connection; null: what the kernel does by itself tells no namespace
   */
  at(local: SocketAddress, tid: number | null): boolean {
    const network = tid === null ? null : this.#networkOf(tid);
    if (this.#isListening(local, network)) return true;
    for (const listener of this.#atPort.get(local.port) ?? []) {
      const { ip } = listener.local;
      if (ip !== local.ip && !isUnspecified(ip)) continue;
      if (network === null || listener.network === null || listener.network === network) return true;
    }
    return false;
  }
}
