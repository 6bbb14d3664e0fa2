import type { Activity, EventActivity, LogActivity } from '../../model/activity.ts';

/** A row or line of the app's own. */
export type AppRecord = EventActivity | LogActivity;

/** Whether it is something that the app itself has written down, at a time that it says. */
export function isAppRecord(activity: Activity): activity is AppRecord {
  return activity.kind === 'event' || activity.kind === 'log';
}
