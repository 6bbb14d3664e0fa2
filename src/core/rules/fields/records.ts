import type { EventActivity, LogActivity } from '../../../model/activity.ts';
import type { FieldRow } from './row.ts';

/** A row that the app wrote, beside its own columns. */
export const EVENT: Record<string, FieldRow<EventActivity>> = {
  source: { type: 'text', isAlwaysKnown: true, about: 'name of the events table', get: (one) => one.source },
  type: { type: 'text', isAlwaysKnown: true, about: 'type of the row', get: (one) => one.type },
  id: { type: 'text', isAlwaysKnown: true, about: 'id of the row', get: (one) => one.id },
};

/** A line that the app wrote, beside its own fields. */
export const LOG: Record<string, FieldRow<LogActivity>> = {
  source: {
    type: 'text',
    isAlwaysKnown: true,
    about: 'whole path of the log file; another one than those that are watched is an error',
    get: (one) => one.source,
  },
  category: {
    type: 'text',
    isAlwaysKnown: true,
    about:
      'kind of the line: its `perf`, `category`, `event`, `type` or `kind`, where that is an object its `name`, `action`, `type`, `category` or `kind`; else `line`',
    get: (one) => one.category,
  },
};
