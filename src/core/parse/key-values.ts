/**
 * Whole numbers of a file with one `key value` or `key: value unit` pair a line: /proc/PID/io, smaps_rollup, snmp6,
 * and the flat keyed files of a cgroup (cpu.stat, cgroup.events). Lines of another form are left out, and so are
 * numbers that a double cannot hold exactly. Units are the file's own.
 */
export function parseKeyValues(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([^\s:]+):?\s+(\d{1,20})(?:\s|$)/.exec(line);
    if (match === null) continue;
    const value = Number(match[2]);
    if (Number.isSafeInteger(value)) values.set(match[1] as string, value);
  }
  return values;
}
