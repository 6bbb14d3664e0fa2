/** The pid that was given last in this pid namespace, threads included: field 5 of /proc/loadavg; see proc_loadavg(5). */
export function parseLastPid(text: string): number {
  const pid = Number(text.trim().split(' ')[4]);
  if (!Number.isInteger(pid)) throw new Error('not a line of /proc/loadavg');
  return pid;
}
