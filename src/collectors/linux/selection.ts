import type { Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** What a collector answers when there was nothing to read. */
export const NOTHING: Observations = Object.freeze({});

/** Whether a look has anything to read at all. */
export function isQuiet(look: Look): boolean {
  return !look.full && look.moved.size === 0;
}

/** The processes that ran: what only their own doing can change is read of these alone. */
export function ran(look: Look): readonly WatchedProcess[] {
  return look.processes.filter(({ id }) => look.moved.has(id));
}

/** The processes to read what others can change, too: at full looks all of them. */
export function exposed(look: Look): readonly WatchedProcess[] {
  return look.full ? look.processes : ran(look);
}
