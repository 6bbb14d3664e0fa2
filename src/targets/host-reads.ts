import type { Entrances } from './entrances/entrances.ts';
import type { Newcomers } from './newcomers.ts';
import type { Surroundings } from './surroundings.ts';

/** Says when all processes of the host have to be read, and not only those that were created since the look before. */
export class HostReads {
  readonly #around: Surroundings;
  readonly #newcomers: Newcomers;
  readonly #entrances: Entrances;
  #ranSinceFull = true;

  constructor(around: Surroundings, newcomers: Newcomers, entrances: Entrances) {
    this.#around = around;
    this.#newcomers = newcomers;
    this.#entrances = entrances;
  }

  /**
   * A full look reads all processes of the host, unless none of ours ran since the last one: then they have no new children,
   * and only a target that can be found again elsewhere could have moved: to a process that was created meanwhile, or to one that
   * its selector leads to now. Where others can put processes into a target, that says nothing.
   * @param ran whether any watched process ran, or is gone, since the look before
   */
  areDue(full: boolean, ran: boolean): boolean {
    this.#ranSinceFull ||= ran;
    const targets = [...this.#around.targets.values()];
    if (targets.some(({ roots, canReturn }) => canReturn && roots.size === 0)) return true;
    if (!full) return false;
    const areDue =
      this.#ranSinceFull ||
      this.#entrances.areOpen ||
      (targets.some(({ canReturn }) => canReturn) && this.#newcomers.hasNew) ||
      targets.some((target) => target.mayHaveMoved(this.#around.procfs));
    this.#ranSinceFull = false;
    return areDue;
  }
}
