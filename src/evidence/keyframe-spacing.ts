import { unpackedCount } from './sample-blocks.ts';
import type { Row } from './tables.ts';

/** So many rows, each sample one, and one batch more are read at most that were written before a window… */
const MOST_ROWS = 2_000;
/** … but where what is known is large, as of many processes: a keyframe takes so much of what was written since the last one at most. */
const MOST_SHARE = 1 / 8;

/** How far apart keyframes are: by what was written since the last one. */
export class KeyframeSpacing {
  #rows = 0;
  #bytes = 0;
  /** Of the last one that was too large: to make another one before it would be small takes time for nothing. */
  #refusedBytes = 0;

  /** Takes note of a batch, as it is stored. */
  wrote(batch: readonly Row[]): void {
    this.#rows += unpackedCount(batch);
    this.#bytes += bytesOf(batch);
  }

  /** A keyframe was written. */
  begin(): void {
    this.#rows = 0;
    this.#bytes = 0;
    this.#refusedBytes = 0;
  }

  /** Whether so much was written that there should be another one, if it is not too large, as the last one may have been. */
  get isDue(): boolean {
    return this.#rows >= MOST_ROWS && this.#isSmall(this.#refusedBytes);
  }

  /** Whether a keyframe of these rows is small beside what was written. One that is not is remembered. */
  takes(keyframe: readonly Row[]): boolean {
    this.#refusedBytes = bytesOf(keyframe);
    return this.#isSmall(this.#refusedBytes);
  }

  #isSmall(bytes: number): boolean {
    return bytes <= MOST_SHARE * this.#bytes;
  }
}

/** Most of a row is text; a number takes 8 bytes at most, see sqlite.org/fileformat2.html#record_format. */
function bytesOf(rows: readonly Row[]): number {
  let bytes = 0;
  for (const { values } of rows)
    for (const value of values) if (value !== null) bytes += typeof value === 'string' ? value.length : 8;
  return bytes;
}
