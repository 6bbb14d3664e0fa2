/** Memory that one open DRM file uses, of /proc/PID/fdinfo/N; see Documentation/gpu/drm-usage-stats.rst. */
export interface DrmMemory {
  /** Files with the same device and client share their memory; null where the driver does not say. */
  client: string | null;
  bytes: number;
}

/** Resident memory is what the GPU really holds; `memory` is its older name; `total` includes what is swapped out. */
const KINDS = ['resident', 'memory', 'total'] as const;
const UNITS: Record<string, number> = { KiB: 1024, MiB: 1024 ** 2 };

/** Null where the file tells no memory: it is no DRM file, or its driver does not account for it. */
export function parseDrmFdinfo(text: string): DrmMemory | null {
  const regions = new Map<string, Map<string, number>>();
  let client: string | null = null;
  let device = '';
  for (const line of text.split('\n')) {
    const match = /^drm-([^:]+):\s*(.*)$/.exec(line);
    if (match === null) continue;
    const [, key, value] = match as unknown as [string, string, string];
    if (key === 'client-id') client = value.trim();
    else if (key === 'pdev') device = value.trim();
    else addRegion(regions, key, value);
  }
  for (const kind of KINDS) {
    const found = regions.get(kind);
    if (found === undefined) continue;
    const bytes = [...found.values()].reduce((sum, value) => sum + value, 0);
    return { client: client === null ? null : `${device} ${client}`, bytes };
  }
  return null;
}

function addRegion(regions: Map<string, Map<string, number>>, key: string, value: string): void {
  const dash = key.indexOf('-');
  const match = /^(\d{1,12})(?: (KiB|MiB))?\s*$/.exec(value);
  if (dash < 0 || match === null) return;
  const [kind, region] = [key.slice(0, dash), key.slice(dash + 1)];
  const found = regions.get(kind) ?? new Map<string, number>();
  found.set(region, Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1));
  regions.set(kind, found);
}
