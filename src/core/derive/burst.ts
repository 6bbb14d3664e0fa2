import type { Activity } from '../../model/activity.ts';

/** What takes no longer is at once. */
const AT_ONCE_MS = 1;

/** When the last of those came that an activity stands for; nothing where that was at once. */
export const upTo = (atMs: number, lastAtMs: number): Pick<Activity, 'lastAtMs'> =>
  lastAtMs - atMs > AT_ONCE_MS ? { lastAtMs } : {};

/** How long it went on, in milliseconds. */
export const burstMs = ({ atMs, lastAtMs }: Pick<Activity, 'atMs' | 'lastAtMs'>): number =>
  lastAtMs === undefined ? 0 : lastAtMs - atMs;
