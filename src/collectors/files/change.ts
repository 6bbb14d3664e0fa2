import type { FileActivity } from '../../model/activity.ts';

/** One thing that happened to a name in a watched folder. */
export interface Change {
  op: FileActivity['op'];
  path: string;
  atMs: number;
  /** See ActivityBase. */
  sinceMs?: number;
}

/** When something happened. */
export interface Stamp {
  /** @param fileTimeNs a time that a file carries, in nanoseconds since the epoch; null: it carries none */
  at: (fileTimeNs: bigint | null) => number;
  /** Since when it may have happened more than once; null: it was told by itself. */
  sinceMs: number | null;
}

/** For what inotify tells: the kernel's own stamps are no finer than its clock tick, and can be set by anybody. */
export function toldAt(atMs: number): Stamp {
  return { at: () => atMs, sinceMs: null };
}

/** For what a comparison finds: the file's own time where it lies since the comparison before, else the time of this one. */
export function foundBetween(sinceMs: number, nowMs: number): Stamp {
  return {
    at: (fileTimeNs) => {
      const fileMs = fileTimeNs === null ? nowMs : Number(fileTimeNs / 1000n) / 1000;
      return fileMs > sinceMs && fileMs < nowMs ? fileMs : nowMs;
    },
    sinceMs,
  };
}
