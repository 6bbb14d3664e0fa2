import { isUnspecified } from '../../../core/parse/ip-address.ts';
import type { SocketAddress, SocketStateRecord } from '../../../model/kernel-record.ts';

const MAX_LISTENERS = 10_000;

/** Where the target listens: as the caller knows it from the socket tables, and what was opened since. */
export class Listening {
  readonly #isListening: (local: SocketAddress) => boolean;
  readonly #opened: Map<number, SocketAddress> = new Map();

  constructor(isListening: (local: SocketAddress) => boolean) {
    this.#isListening = isListening;
  }

  opened({ socket, local }: SocketStateRecord): void {
    const [oldest] = this.#opened.keys();
    if (this.#opened.size >= MAX_LISTENERS && oldest !== undefined) this.#opened.delete(oldest);
    this.#opened.set(socket, local);
  }

  closed(socket: number): void {
    this.#opened.delete(socket);
  }

  at(local: SocketAddress): boolean {
    if (this.#isListening(local)) return true;
    for (const { ip, port } of this.#opened.values()) {
      if (port === local.port && (ip === local.ip || isUnspecified(ip))) return true;
    }
    return false;
  }
}
