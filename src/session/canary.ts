import { spawn } from 'node:child_process';
import type { PlantedControl } from '../model/control.ts';
import type { Clock, TimeSpan } from '../model/time.ts';
import type { LoopbackBeats } from '../os/loopback-beat.ts';

/** Enough of them for a period to be found in. */
const BEATS = 4;

export interface CanaryParts {
  clock: Clock;
  /** null: nothing can be planted. */
  beats: LoopbackBeats | null;
  networkScope: string | null;
  onPlanted: (planted: PlantedControl) => void;
  onFailure: (reason: string) => void;
}

/**
 * Does, in every window, what no target may do: calls itself by TCP and UDP for some tens of microseconds, and starts a
 * child process that ends at once. Whoever claims that nothing happened must have seen these.
 */
export class Canary {
  readonly #parts: CanaryParts;
  #due: number[] = [];
  #wantsChild = false;

  constructor(parts: CanaryParts) {
    this.#parts = parts;
  }

  /** Spreads the beats of one window evenly inside it. */
  plan({ fromMs, toMs }: TimeSpan): void {
    const stepMs = (toMs - fromMs) / (BEATS + 1);
    this.#due = Array.from({ length: BEATS }, (_, index) => fromMs + (index + 1) * stepMs);
    this.#wantsChild = true;
  }

  /** Plants what is due; to be called between two looks. */
  plant(nowMs: number): void {
    if ((this.#due[0] ?? Number.POSITIVE_INFINITY) > nowMs) return;
    this.#due.shift();
    this.#plantBeats();
    if (this.#wantsChild) this.#plantChild();
    this.#wantsChild = false;
  }

  #plantBeats(): void {
    const { clock, beats, networkScope, onPlanted, onFailure } = this.#parts;
    if (beats === null) {
      onFailure('connections of our own need koffi, which cannot be loaded');
      return;
    }
    for (const name of ['tcp', 'udp'] as const) {
      const atMs = clock.nowMs();
      try {
        const port = beats[name]();
        onPlanted({ name, atMs, lifetimeMs: clock.nowMs() - atMs, port, pid: null, networkScope });
      } catch (error) {
        onFailure(`${name}: ${(error as Error).message}`);
      }
    }
  }

  #plantChild(): void {
    const { clock, onPlanted, onFailure, networkScope } = this.#parts;
    const atMs = clock.nowMs();
    const child = spawn('true', { stdio: 'ignore' });
    child.on('error', (error) => onFailure(`process: ${error.message}`));
    child.on('exit', () => {
      const pid = child.pid ?? null;
      onPlanted({ name: 'process', atMs, lifetimeMs: clock.nowMs() - atMs, port: null, pid, networkScope });
    });
  }
}
