import type { ControlFailure, PlantedControl } from '../model/control.ts';
import type { Clock, TimeSpan } from '../model/time.ts';
import type { ChildBeats } from '../os/child-beat.ts';
import type { LoopbackBeats } from '../os/loopback-beat.ts';

/** Enough of them for a period to be found in. */
const BEATS = 4;
/** From the window's edges, so that looks lie in between. */
const MARGIN_MS = 2_000;

interface Beat {
  atMs: number;
  hasChild: boolean;
}

export interface CanaryParts {
  clock: Clock;
  /** null: nothing can be planted. */
  beats: (LoopbackBeats & { child: ChildBeats }) | null;
  networkScope: string | null;
  onPlanted: (planted: PlantedControl) => void;
  onFailure: (failure: ControlFailure) => void;
}

/**
 * Does, in every window, what no target may do: calls itself by TCP and UDP for some tens of microseconds, and starts a
 * child process that ends at once. Whoever claims that nothing happened must have seen these.
 */
export class Canary {
  readonly #parts: CanaryParts;
  /** So far, of any kind that has two ends. */
  connectionsOpened = 0;
  #due: Beat[] = [];
  #nextMs: number = Number.POSITIVE_INFINITY;

  constructor(parts: CanaryParts) {
    this.#parts = parts;
  }

  /**
   * Spreads the beats of one window evenly inside it, with a child at the first; that comes soon, since a window can be closed
   * early. Windows can overlap.
   */
  plan({ fromMs, toMs }: TimeSpan): void {
    const marginMs = Math.min(MARGIN_MS, (toMs - fromMs) / (BEATS + 1));
    const stepMs = (toMs - fromMs - 2 * marginMs) / (BEATS - 1);
    for (let index = 0; index < BEATS; index += 1) {
      this.#due.push({ atMs: fromMs + marginMs + index * stepMs, hasChild: index === 0 });
    }
    this.#due.sort((a, b) => a.atMs - b.atMs);
    this.#nextMs = this.#due[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Nothing is to be planted before. */
  get dueAtMs(): number {
    return this.#nextMs;
  }

  /** Plants what is due; to be called between two looks. */
  plant(nowMs: number): void {
    if (nowMs < this.#nextMs) return;
    const later = this.#due.findIndex(({ atMs }) => atMs > nowMs);
    const due = this.#due.splice(0, later < 0 ? this.#due.length : later);
    this.#nextMs = this.#due[0]?.atMs ?? Number.POSITIVE_INFINITY;
    this.#plantAll(due.some(({ hasChild }) => hasChild));
  }

  /** Collects the child that has ended meanwhile. */
  end(): void {
    this.#parts.beats?.child.collect();
  }

  #plantAll(withChild: boolean): void {
    const { clock, beats, networkScope, onPlanted, onFailure } = this.#parts;
    if (beats === null) {
      const reason = 'activities of our own need koffi, which cannot be loaded';
      for (const name of ['tcp', 'udp', 'process'] as const) {
        onFailure({ name, atMs: clock.nowMs(), reason });
      }
      return;
    }
    const plant = (name: PlantedControl['name'], act: () => Pick<PlantedControl, 'port' | 'pid'>): void => {
      const atMs = clock.nowMs();
      try {
        onPlanted({ name, atMs, networkScope, ...act() });
      } catch (error) {
        onFailure({ name, atMs, reason: (error as Error).message });
      }
    };
    beats.child.collect();
    this.connectionsOpened += 1;
    plant('tcp', () => ({ port: beats.tcp(), pid: null }));
    plant('udp', () => ({ port: beats.udp(), pid: null }));
    if (withChild) plant('process', () => ({ port: null, pid: beats.child.start() }));
  }
}
