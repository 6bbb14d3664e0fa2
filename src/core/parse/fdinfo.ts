/** Access mode and status flags of an open file; see O_ACCMODE in fcntl(2). */
const ACCESS_MODE = 3;

/** Whether a file was opened for writing, from /proc/PID/fdinfo/N (`flags:` is octal); null where it is not told. See proc_pid_fdinfo(5). */
export function parseIsWritable(text: string): boolean | null {
  const flags = /^flags:\s*([0-7]{1,20})$/mu.exec(text)?.[1];
  return flags === undefined ? null : (Number.parseInt(flags, 8) & ACCESS_MODE) !== 0;
}
