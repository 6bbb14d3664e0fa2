import type { Clock } from '../../model/time.ts';
import type { Watcher } from '../../session/watcher.ts';

export interface LookLoopParts {
  clock: Pick<Clock, 'every' | 'sleepUntil'>;
  watcher: Pick<Watcher, 'needsReadings' | 'prepare' | 'lookedUntilMs'>;
  tickMs: number;
  /** One look, and what follows from it. */
  look: () => void;
  /** Asked after each look of the loop: none is to follow. */
  isOver: () => boolean;
}

/** A look that somebody asked for. */
interface Asked {
  /** Called right before the look. */
  before: () => void;
  done: () => void;
}

/**
 * When a watch looks: once a tick, and at once when somebody asks. Where looks stand on readings that take their time, a look
 * that is asked for waits for a reading that begins after it was asked for: one without a reading would be a gap.
 */
export class LookLoop {
  readonly #parts: LookLoopParts;
  readonly #asked: Asked[] = [];
  #pause: AbortController = new AbortController();

  constructor(parts: LookLoopParts) {
    this.#parts = parts;
  }

  /** Until the signal aborts, or it is over. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, watcher, tickMs, look, isOver } = this.#parts;
    if (!watcher.needsReadings) {
      return clock.every(tickMs, signal, () => {
        look();
        return !isOver();
      });
    }
    const stop = (): void => this.#pause.abort();
    signal.addEventListener('abort', stop);
    try {
      do {
        this.#pause = new AbortController();
        if (signal.aborted || this.#asked.length > 0) stop();
        await clock.sleepUntil(watcher.lookedUntilMs + tickMs, this.#pause.signal);
        if (signal.aborted) return;
        await this.#lookPrepared(look);
      } while (!isOver());
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Resolves when the look is done: at once, where looks need no readings. */
  async now(before: () => void): Promise<void> {
    if (!this.#parts.watcher.needsReadings) {
      before();
      this.#parts.look();
      return;
    }
    await new Promise<void>((done) => {
      this.#asked.push({ before, done });
      this.#pause.abort();
    });
  }

  /** The look that ends everything, made by the caller: for all that still wait for one. */
  last(look: () => void): Promise<void> {
    return this.#lookPrepared(look);
  }

  /** Lets go of all that wait for a look: there will be none. */
  release(): void {
    for (const { done } of this.#asked.splice(0)) done();
  }

  async #lookPrepared(look: () => void): Promise<void> {
    const asked = this.#asked.splice(0);
    await this.#parts.watcher.prepare();
    for (const { before } of asked) before();
    try {
      look();
    } finally {
      for (const { done } of asked) done();
    }
  }
}
