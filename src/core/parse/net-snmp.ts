/**
 * Counters of /proc/PID/net/snmp and netstat, as `Tcp.OutSegs`. Both write each group as two lines of equal length,
 * the names and then the numbers, each starting with the group's name. A group whose lines do not fit is left out.
 */
export function parseNetSnmp(text: string): Map<string, number> {
  const values = new Map<string, number>();
  const lines = text.split('\n');
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const names = (lines[index] as string).split(' ');
    const numbers = (lines[index + 1] as string).split(' ');
    const group = names[0] as string;
    if (!group.endsWith(':') || numbers[0] !== group || numbers.length !== names.length) continue;
    for (let column = 1; column < names.length; column += 1) {
      const digits = numbers[column] as string;
      const value = Number(digits);
      if (/^\d+$/.test(digits) && Number.isSafeInteger(value)) {
        values.set(`${group.slice(0, -1)}.${names[column]}`, value);
      }
    }
  }
  return values;
}
