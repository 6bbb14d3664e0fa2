import { initialTransient, isFalling } from '../core/derive/steady-state.ts';
import type { TimeSpan } from '../model/time.ts';

/** An app that used no CPU for so long is calm. */
const STILL_MS = 5_000;
/** So long it must have been steady; an app that does something needs that much to show its level. */
const STEADY_MS = 20_000;
const STRETCH_MS = 2_000;
/** What falls by less within that time is steady enough. */
const FALL = 1.25;

/** Tells when the CPU use of an app has died down, look by look. */
export class Calm {
  readonly #uses: (TimeSpan & { cpuNs: number })[] = [];
  #stillFromMs: number | null = null;
  #lastCpuNs = 0;

  /**
   * @param cpuNs CPU time of all processes so far
   * @returns whether it is calm now
   */
  look(nowMs: number, cpuNs: number): boolean {
    const fromMs = this.#uses.at(-1)?.toMs ?? nowMs;
    // Of a process that has ended, the time is not in the sum any more.
    const used = this.#stillFromMs === null ? 0 : Math.max(0, cpuNs - this.#lastCpuNs);
    if (this.#stillFromMs === null || cpuNs !== this.#lastCpuNs) this.#stillFromMs = nowMs;
    this.#lastCpuNs = cpuNs;
    this.#uses.push({ fromMs, toMs: nowMs, cpuNs: used });
    return nowMs - this.#stillFromMs >= STILL_MS || this.#isSteady(nowMs);
  }

  /** The transient, if there was one, is over for long enough. */
  #isSteady(nowMs: number): boolean {
    const fromMs = this.#uses[0]?.fromMs ?? nowMs;
    const count = Math.floor((nowMs - fromMs) / STRETCH_MS);
    if (count * STRETCH_MS < STEADY_MS) return false;
    const values = Array.from({ length: count }, () => 0);
    for (const { toMs, cpuNs } of this.#uses) {
      const index = Math.min(count - 1, Math.max(0, Math.ceil((toMs - fromMs) / STRETCH_MS) - 1));
      values[index] = (values[index] ?? 0) + cpuNs;
    }
    if (isFalling(values.slice(-STEADY_MS / STRETCH_MS), FALL)) return false;
    const transient = initialTransient(values);
    if (transient === null) return true;
    return !transient.isOpen && (count - transient.length) * STRETCH_MS >= STEADY_MS;
  }
}
