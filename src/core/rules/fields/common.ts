import type { Activity } from '../../../model/activity.ts';
import { MASK } from '../../parse/cmdline.ts';
import { NAME } from './process-name.ts';
import { type FieldRow, whole } from './row.ts';

/** PID_MAX_LIMIT of the kernel; see proc_sys_kernel(5). */
const MOST_PIDS = 4_194_304;

/** What every activity tells: whose it is, when, and who acted. */
export const COMMON: Record<string, FieldRow<Activity>> = {
  target: { type: 'text', isAlwaysKnown: true, about: 'name of the target', get: (one) => one.target },
  at: { type: 'time', isAlwaysKnown: true, about: 'when it happened', get: (one) => one.atMs },
  'process.name': {
    ...NAME,
    about: 'name of the acting process, 15 bytes at most; never known of event and file',
    getOfActor: (actor) => actor?.name,
  },
  'process.cmdline': {
    type: 'text',
    about:
      'its command line, secrets redacted, 512 characters at most; never known of event and file, nor of processes that ended before anybody looked',
    // Nothing: it could not be read.
    getOfActor: (actor) => actor?.cmdline || undefined,
    surePart: (text) => (text.includes(MASK) ? text.slice(0, text.indexOf(MASK)) : null),
  },
  'process.pid': {
    type: 'number',
    // Pid 1 is never watched; see Guard.
    range: whole(2, MOST_PIDS),
    about: 'its pid; never known of event and file',
    getOfActor: (actor) => actor?.pid,
  },
  'process.thread': {
    ...NAME,
    about: 'the thread, 15 bytes at most; not known by sampling',
    get: (one) => one.thread ?? undefined,
  },
};
