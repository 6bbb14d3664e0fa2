/** What the kernel puts after the path of a file that has that name no more: it was deleted or replaced; see proc_pid_exe(5). */
const MARK = ' (deleted)';

/** Takes apart what a link of procfs, or a line of /proc/PID/smaps, says of a file: the path that it has or had. */
export function parseDeletedPath(text: string): { path: string; isDeleted: boolean } {
  const isDeleted = text.endsWith(MARK);
  return { path: isDeleted ? text.slice(0, -MARK.length) : text, isDeleted };
}
