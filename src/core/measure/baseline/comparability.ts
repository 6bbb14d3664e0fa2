import type { MeasuredRun } from '../../../model/measure-document.ts';

/** Memory that the kernel keeps for itself differs from boot to boot. */
const MEMORY_TOLERANCE = 0.1;

/** Why measurements of two hosts cannot be compared: they are of another class. Null: they can. */
export function otherHostClass(before: MeasuredRun, after: MeasuredRun): string | null {
  const [old, now] = [before.host, after.host];
  if (old.os !== now.os) return `another system: ${old.os}, and then ${now.os}`;
  if (old.cpus !== now.cpus) return `another host: ${old.cpus} CPUs, and then ${now.cpus}`;
  if (before.cpuModel !== after.cpuModel)
    return `another host: ${before.cpuModel}, and then ${after.cpuModel}`;
  const larger = Math.max(old.memoryBytes, now.memoryBytes);
  if (Math.abs(old.memoryBytes - now.memoryBytes) > MEMORY_TOLERANCE * larger)
    return `another host: ${gigabytes(old.memoryBytes)} of memory, and then ${gigabytes(now.memoryBytes)}`;
  return null;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** The first condition under which only one of them was measured; null: they are the same. */
export function otherConditions(before: MeasuredRun, after: MeasuredRun): string | null {
  const names = new Set([...Object.keys(before.conditions), ...Object.keys(after.conditions)]);
  for (const name of names) {
    const [old, now] = [before.conditions[name] ?? 'none', after.conditions[name] ?? 'none'];
    if (old !== now) return `measured under other conditions: ${name} ${old}, and then ${now}`;
  }
  return null;
}

/** Names of what was measured that differ: a server on another port, or another program. */
export function otherTargets(before: readonly MeasuredRun[], after: readonly MeasuredRun[]): string[] {
  const [old, now] = [before, after].map((runs) =>
    [...new Set(runs.map(({ target }) => target))].sort().join(' and '),
  );
  return old === now ? [] : [`other targets: ${old}, and then ${now}`];
}

/** Versions of what was used that differ. They may be what changed, or what is compared. */
export function otherVersions(before: readonly MeasuredRun[], after: readonly MeasuredRun[]): string[] {
  const [old, now] = [before, after].map(versionsOf);
  return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].flatMap((name) => {
    const [from, to] = [old?.get(name) ?? 'unknown', now?.get(name) ?? 'unknown'];
    return from === to ? [] : [`other versions: ${name} ${from}, and then ${to}`];
  });
}

function versionsOf(runs: readonly MeasuredRun[]): Map<string, string> {
  const all = new Map<string, Set<string>>();
  for (const { tool, host, versions } of runs) {
    const own = { idleproof: tool.version, node: tool.node, kernel: host.kernel, ...versions };
    for (const [name, version] of Object.entries(own))
      all.set(name, (all.get(name) ?? new Set<string>()).add(version));
  }
  return new Map([...all].map(([name, versions]) => [name, [...versions].sort().join(' and ')]));
}
