import { parseDrmFdinfo } from '../../core/parse/drm-fdinfo.ts';
import type { Look } from '../../model/collector.ts';
import type { LookReader } from './look-reader.ts';

/**
 * GPU memory of one process in bytes, as the DRM driver accounts for it in /proc/PID/fdinfo. Null where no open file
 * leads into /dev/dri, the driver tells nothing, or the files may not be read: unknown, not 0. Files of one client
 * count once.
 */
export function readGpuBytes(reader: LookReader, look: Look, pid: number): number | null {
  try {
    return read(reader, look, pid);
  } catch {
    return null;
  }
}

function read(reader: LookReader, look: Look, pid: number): number | null {
  const open = reader.openFiles(look, pid);
  const clients = new Map<string, number>();
  for (const { fd, link } of open?.files ?? []) {
    if (!link.startsWith('/dev/dri/')) continue;
    const text = reader.procfs.read(`${open?.folder ?? ''}info/${fd}`);
    const memory = text === null ? null : parseDrmFdinfo(text);
    if (memory !== null) clients.set(memory.client ?? `fd ${fd}`, memory.bytes);
  }
  return clients.size === 0 ? null : [...clients.values()].reduce((sum, bytes) => sum + bytes, 0);
}
