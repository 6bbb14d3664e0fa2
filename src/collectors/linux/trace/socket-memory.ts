/**
 * What is remembered of sockets, by their address in the kernel, bounded: those that ended go first, then those that
 * were used least recently.
 */
export class SocketMemory<T extends { socket: number }> {
  readonly #live: Map<number, T> = new Map();
  readonly #ended: Map<number, T> = new Map();
  readonly #limit: number;
  readonly #onForget: (entry: T) => void;
  /** Sockets that had not ended and had to go. */
  forgotten = 0;

  /** @param onForget is told of each entry that goes for lack of space */
  constructor(limit: number, onForget: (entry: T) => void) {
    this.#limit = limit;
    this.#onForget = onForget;
  }

  get(socket: number): T | undefined {
    return this.#live.get(socket) ?? this.#ended.get(socket);
  }

  /** Those that have not ended. */
  live(): IterableIterator<T> {
    return this.#live.values();
  }

  /** Adds it, or notes that it was used. */
  use(entry: T): void {
    this.delete(entry.socket);
    this.#live.set(entry.socket, entry);
    if (this.#live.size + this.#ended.size > this.#limit) this.#evict();
  }

  /** It may still be asked for, until the space is needed. */
  end(entry: T): void {
    this.delete(entry.socket);
    this.#ended.set(entry.socket, entry);
  }

  delete(socket: number): void {
    this.#live.delete(socket);
    this.#ended.delete(socket);
  }

  #evict(): void {
    const [ended] = this.#ended.values();
    const [oldest] = this.#live.values();
    const entry = ended ?? oldest;
    if (entry === undefined) return;
    if (ended === undefined) this.forgotten += 1;
    this.delete(entry.socket);
    this.#onForget(entry);
  }
}
