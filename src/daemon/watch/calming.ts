import type { WindowEngine } from '../../core/windows/engine.ts';
import { Calm } from '../../session/calm.ts';

/** Tells of the windows that wait for it when the app has calmed down. */
export class Calming {
  readonly #calm: Map<string, { sinceMs: number; calm: Calm }> = new Map();

  /**
   * @param cpuNs CPU time of all processes so far
   * @returns the ids of those that need not wait any more
   */
  look(awaited: WindowEngine['awaitsCalm'], nowMs: number, cpuNs: number): string[] {
    for (const id of this.#calm.keys()) if (!awaited.some((one) => one.id === id)) this.#calm.delete(id);
    return awaited.flatMap(({ id, sinceMs }) => {
      const known = this.#calm.get(id);
      const entry = known?.sinceMs === sinceMs ? known : { sinceMs, calm: new Calm() };
      this.#calm.set(id, entry);
      return entry.calm.look(nowMs, cpuNs) ? [id] : [];
    });
  }
}
