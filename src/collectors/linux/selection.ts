import type { Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** What a collector answers when there was nothing to read. */
export const NOTHING: Observations = Object.freeze({});

/** The processes to read at a look: those whose clock moved, or all of them. */
export function selected(look: Look): readonly WatchedProcess[] {
  return look.full ? look.processes : look.processes.filter(({ id }) => look.moved.has(id));
}

/** Whether a look has anything to read at all. */
export function isQuiet(look: Look): boolean {
  return !look.full && look.moved.size === 0;
}

/** A process in words: `pid 12 (nginx)`. */
export function nameOf({ pid, name }: { pid: number; name: string }): string {
  return `pid ${pid} (${name})`;
}
