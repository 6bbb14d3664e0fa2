/**
 * How many cgroups a controller's hierarchy of version 1 has, its root included, of /proc/cgroups; see cgroups(7).
 * 0 where the controller has none: it is not there, or belongs to version 2.
 */
export function countV1Cgroups(text: string, controller: string): number {
  const at = text.indexOf(`\n${controller}\t`) + 1;
  if (at === 0) return 0;
  const [, hierarchy, count] = text.slice(at, text.indexOf('\n', at)).split('\t');
  const cgroups = Number(count);
  return hierarchy === '0' || !Number.isSafeInteger(cgroups) ? 0 : cgroups;
}
