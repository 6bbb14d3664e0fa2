import type { FileActivity } from '../../../model/activity.ts';
import type { FieldRow } from './row.ts';

/** What was written in a watched folder. */
export const FILE: Record<string, FieldRow<FileActivity>> = {
  op: {
    type: 'choice',
    isAlwaysKnown: true,
    choices: ['create', 'write', 'delete', 'rename'],
    about: 'what happened to the file; `write` is content, not permissions',
    get: (one) => one.op,
  },
  path: {
    type: 'text',
    form: {
      pattern: /^[/*?]/,
      beginning: /^\//,
      problem: 'begins with a slash, as in /srv/app/data.db or */data.db',
    },
    isAlwaysKnown: true,
    about: 'its path, links of the watched folder resolved; a `rename` has the new one',
    get: (one) => one.path,
  },
};
