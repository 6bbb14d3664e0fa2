/** Ends the path of a program as it was asked for, where nobody could tell any more to which file it led. */
const MARK = ' (unresolved)';

/** Says of a path that it may be a link, relative, a script, or lie in other mounts: what was executed may be called otherwise. */
export function unresolved(path: string): string {
  return `${path}${MARK}`;
}

/** Whether nothing is certain of a path. */
export function isUnresolved(path: string): boolean {
  return path.endsWith(MARK);
}
