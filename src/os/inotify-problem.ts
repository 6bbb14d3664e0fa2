/** What a user can do about the errors of inotify_add_watch(2) and inotify_init1(2). */
const LIMITS: Readonly<Record<string, string>> = {
  ENOSPC: 'the limit of inotify watches is reached (sysctl fs.inotify.max_user_watches)',
  EMFILE: 'the limit of inotify instances is reached (sysctl fs.inotify.max_user_instances)',
};

const MOST_CHARACTERS = 200;

/** Why something cannot be watched by inotify(7), in words for the proof; bounded. */
export function inotifyProblem(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return LIMITS[code] ?? message.slice(0, MOST_CHARACTERS);
}
