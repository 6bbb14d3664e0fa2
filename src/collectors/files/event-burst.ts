import { readFileSync } from 'node:fs';

/** Default of fs.inotify.max_queued_events; see inotify(7). */
const USUAL_LIMIT = 16_384;

/**
 * Counts the events that come in one turn of the event loop. When inotify's queue overflows, libuv drops the event that
 * says so; but then the queue was full, and all of it comes at once. One queue serves the whole process, so that half of
 * it here is too near to the limit to be sure that nothing was lost.
 */
export class EventBurst {
  readonly #most: number;
  readonly #onOverflow: () => void;
  #count = 0;

  constructor(onOverflow: () => void, limit: number = queueLimit()) {
    this.#most = limit / 2;
    this.#onOverflow = onOverflow;
  }

  /** To be called for each event. */
  count(): void {
    if (this.#count === 0) setImmediate(() => (this.#count = 0));
    this.#count += 1;
    if (this.#count === Math.ceil(this.#most)) this.#onOverflow();
  }
}

function queueLimit(): number {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')) || USUAL_LIMIT;
  } catch {
    return USUAL_LIMIT;
  }
}
