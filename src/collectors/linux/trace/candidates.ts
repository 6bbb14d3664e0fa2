import type { NetworkActivity } from '../../../model/activity.ts';
import type { Flow, KnownSocket } from './flow.ts';
import { endsKey } from './flow.ts';

/** Whose ends a socket has, as far as the socket tables can say. */
export interface Binding {
  ends: Pick<KnownSocket, 'remote' | 'direction'> & { local: KnownSocket['local'] | null };
  /** The only socket that it can be; null: one of several that are alike, so that it may be another one the next time. */
  certain: KnownSocket | null;
  /** What the tables told of the same transfer. */
  same: NetworkActivity | null;
}

/**
 * Sockets of one target and protocol at one look whose ends nobody has yet, with what the tables told of their sends: finds
 * out whose ends a socket has that was there before the trace. What it costs does not grow with their number.
 */
export class Candidates {
  /** By candidate, what the tables told of it and nobody else has. */
  readonly #sends: Map<KnownSocket, NetworkActivity[]> = new Map();
  /** By bytes, those of which the tables told such a send: two with as many are alike. */
  readonly #byBytes: Map<number, Set<KnownSocket>> = new Map();
  /** Of these, those that several had from the beginning: who is left of them in the end is not certain either. */
  readonly #ambiguous: Set<number> = new Set();
  /** How many there are of each kind. */
  readonly #kinds: Map<string, number> = new Map();

  /** @param sampled what the tables told of this target and protocol */
  constructor(candidates: readonly KnownSocket[], sampled: Iterable<NetworkActivity>) {
    const byEnds = new Map<string, NetworkActivity[]>();
    for (const one of sampled) {
      const { op, remote, localPort } = one;
      if (op !== 'send' || remote === null || remote.port === null || localPort === null) continue;
      const ends = endsKey({ local: { port: localPort }, remote: { ip: remote.ip, port: remote.port } });
      if (ends === null) continue;
      const sends = byEnds.get(ends) ?? [];
      byEnds.set(ends, sends);
      sends.push(one);
    }
    for (const candidate of candidates) {
      const ends = endsKey(candidate);
      const sends = (ends === null ? undefined : byEnds.get(ends)) ?? [];
      this.#sends.set(candidate, [...sends]);
      for (const { bytesSent } of sends) {
        if (bytesSent === null) continue;
        const alike = (this.#byBytes.get(bytesSent) ?? new Set()).add(candidate);
        this.#byBytes.set(bytesSent, alike);
        if (alike.size > 1) this.#ambiguous.add(bytesSent);
      }
      const kind = kindOf(candidate);
      this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    }
  }

  get isEmpty(): boolean {
    return this.#sends.size === 0;
  }

  /** Whose ends a flow has; null: they cannot be told. What is certain, or the same, is not given again. */
  claim(flow: Flow): Binding | null {
    const binding = this.#find(flow);
    if (binding === null) return null;
    const { certain, same } = binding;
    if (certain !== null) this.#remove(certain);
    else if (same !== null) this.#strike(same, flow.bytesSent);
    return binding;
  }

  #find({ op, bytesSent }: Flow): Binding | null {
    const [first] = (op === 'send' ? this.#byBytes.get(bytesSent) : undefined) ?? [];
    if (first !== undefined) {
      const same = this.#sends.get(first)?.find((one) => one.bytesSent === bytesSent) ?? null;
      return { ends: first, certain: this.#ambiguous.has(bytesSent) ? null : first, same };
    }
    const [only] = this.#sends.keys();
    if (only === undefined) return null;
    if (this.#sends.size === 1) return { ends: only, certain: only, same: null };
    return this.#kinds.size === 1 ? { ends: { ...only, local: null }, certain: null, same: null } : null;
  }

  #strike(same: NetworkActivity, bytes: number): void {
    for (const candidate of this.#byBytes.get(bytes) ?? []) {
      const sends = this.#sends.get(candidate) ?? [];
      if (!sends.includes(same)) continue;
      const left = sends.filter((one) => one !== same);
      this.#sends.set(candidate, left);
      if (!left.some(({ bytesSent }) => bytesSent === bytes)) this.#byBytes.get(bytes)?.delete(candidate);
      return;
    }
  }

  #remove(candidate: KnownSocket): void {
    for (const { bytesSent } of this.#sends.get(candidate) ?? []) {
      if (bytesSent !== null) this.#byBytes.get(bytesSent)?.delete(candidate);
    }
    this.#sends.delete(candidate);
    const kind = kindOf(candidate);
    const left = (this.#kinds.get(kind) ?? 0) - 1;
    if (left > 0) this.#kinds.set(kind, left);
    else this.#kinds.delete(kind);
  }
}

/** Two of one kind differ by their local end only. */
function kindOf({ remote, direction }: KnownSocket): string {
  return `${remote?.ip} ${remote?.port} ${direction}`;
}
