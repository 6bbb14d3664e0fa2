import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadNative } from './native.ts';
import { codeReleaser } from './program-code.ts';

/** So much of the heap may be free between objects before they are moved together. */
const HOLES_BYTES = 8_000_000;

/**
 * Gives back to the kernel what larger pieces of work leave behind: reading a window and judging it.
 * - V8 collects old garbage when there is several times as much as is in use; a program that does little takes days for that.
 * - The C library keeps what was freed between two pieces that are in use as long as the process lives: malloc_trim(3).
 * - V8 keeps what it has compiled of functions for some collections, and of those that run again and again more and more.
 * - Code of Node that such work has executed stays mapped.
 */
export class MemoryKeeper {
  readonly #collect: (() => void) | null = collector();
  readonly #trim: (() => void) | null = trimmer();
  readonly #releaseCode: (() => void) | null = codeReleaser();
  readonly #slackBytes: number;
  /** In use after the last time. */
  #leftBytes = 0;

  /** @param slackBytes so much garbage may lie around: to collect it takes some ten milliseconds */
  constructor(slackBytes: number) {
    this.#slackBytes = slackBytes;
  }

  /** To be called after such work. @returns whether enough has come together since the last time */
  giveBack(): boolean {
    if (usedBytes() - this.#leftBytes < this.#slackBytes) return false;
    this.#collect?.();
    // V8 empties pages of which it has seen before that little in them is in use.
    if (holesBytes() > HOLES_BYTES) this.#collect?.();
    this.#trim?.();
    this.#releaseCode?.();
    this.#leftBytes = usedBytes();
    return true;
  }
}

function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function holesBytes(): number {
  const { total_heap_size: total, used_heap_size: used } = getHeapStatistics();
  return total - used;
}

/**
 * Collects all garbage, and with it what was compiled of functions that do not run often enough to be optimized: they are
 * compiled again when they are called. V8 shows `gc` to contexts that are made after its flag is set.
 */
function collector(): (() => void) | null {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : null');
  setFlagsFromString('--no-expose-gc');
  if (collect === null) return null;
  return () => {
    setFlagsFromString('--flush-baseline-code');
    setFlagsFromString('--stress-flush-code');
    (collect as () => void)();
    setFlagsFromString('--no-stress-flush-code');
    setFlagsFromString('--no-flush-baseline-code');
  };
}

function trimmer(): (() => void) | null {
  const native = loadNative();
  if (native === null) return null;
  const trim = native.libc.func('malloc_trim', 'int', ['size_t']);
  return () => void trim(0);
}
