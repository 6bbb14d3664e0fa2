import type { FileActivity } from '../../model/activity.ts';

const VERBS: Record<FileActivity['op'], string> = {
  create: 'created',
  write: 'wrote',
  delete: 'deleted',
  rename: 'renamed something to',
};

/** What was done to files, in words: «created and wrote /data/app.db», «wrote /data/a and 2 more files». */
export function fileDeed(activities: readonly FileActivity[], clean: (text: string) => string): string {
  const verbs = [...new Set(activities.map(({ op }) => VERBS[op]))];
  const [path = '', ...others] = new Set(activities.map((one) => one.path));
  const more =
    others.length === 0 ? '' : ` and ${others.length} more ${others.length === 1 ? 'file' : 'files'}`;
  return `${verbs.join(', ').replace(/, ([^,]*)$/, ' and $1')} ${clean(path)}${more}`;
}
