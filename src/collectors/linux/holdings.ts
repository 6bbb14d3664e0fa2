import type { HeldSockets } from './held-sockets.ts';

/** Which process holds which sockets, as of when it last ran: nobody else can open or close its files. */
export class Holdings {
  readonly #byProcess: Map<number, HeldSockets> = new Map();
  /** By inode, how many processes hold it: workers share the sockets of their parent. */
  readonly #holders: Map<number, number> = new Map();

  of(processId: number): HeldSockets | undefined {
    return this.#byProcess.get(processId);
  }

  /** Books what a process holds now; null: it has ended. Returns what it no longer holds. */
  replace(processId: number, held: HeldSockets | null): number[] {
    const before = this.#byProcess.get(processId);
    if (before === held) return [];
    if (held === null) this.#byProcess.delete(processId);
    else this.#byProcess.set(processId, held);
    for (const inode of held === null ? [] : inodesOf(held)) this.#count(inode, 1);
    if (before === undefined) return [];
    for (const inode of inodesOf(before)) this.#count(inode, -1);
    return inodesOf(before).filter((inode) => held === null || !holds(held, inode));
  }

  /** Whether any process holds it. */
  isHeld(inode: number): boolean {
    return this.#holders.has(inode);
  }

  #count(inode: number, change: number): void {
    const count = (this.#holders.get(inode) ?? 0) + change;
    if (count > 0) this.#holders.set(inode, count);
    else this.#holders.delete(inode);
  }
}

/** All that may be a socket of the TCP and UDP tables. */
export function inodesOf({ inet, unknown }: HeldSockets): number[] {
  return [...new Set([...inet, ...unknown])];
}

function holds({ inet, unknown }: HeldSockets, inode: number): boolean {
  return inet.has(inode) || unknown.has(inode);
}
