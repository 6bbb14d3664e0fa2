/** Effective user of a process, from /proc/PID/status: `Uid:` real, effective, saved, filesystem. Null where it is not told. */
export function parseOwner(text: string): number | null {
  const effective = /^Uid:\t\d+\t(\d+)/mu.exec(text)?.[1];
  return effective === undefined ? null : Number(effective);
}
