import { relative, resolve } from 'node:path';
import { IdleproofError } from '../../errors.ts';
import { type FileSize, findFiles, sizeOf } from '../../measure/files-size.ts';
import type { Found, UsingProbe } from './plan.ts';

/** Files that are summed up under a name. */
export interface FileGroup {
  /** The id of its measurements. */
  id: string | null;
  pattern: string;
}

export interface SizePlan {
  folder: string;
  groups: readonly FileGroup[];
}

const MOST_LISTED = 1_000;

/** Sizes of files, raw and compressed, by pattern. */
export function probeSize({ folder, groups }: SizePlan): UsingProbe {
  return async ({ signal, onProgress, note }) => {
    const measurements: Found[] = [];
    const facts: { id: string | null; pattern: string; files: FileSize[] }[] = [];
    for (const [index, { id, pattern }] of groups.entries()) {
      onProgress(index, groups.length);
      const files = await measureGroup(pattern, folder, signal);
      for (const [name, sizes] of [
        ['size.raw', files.map(({ rawBytes }) => rawBytes)],
        ['size.gzip', files.map(({ gzipBytes }) => gzipBytes)],
      ] as const) {
        const value = sizes.reduce((sum, size) => sum + size, 0);
        // Counted to the byte: there is nothing to be unsure of.
        const statistics = { value: { value, interval: { low: value, high: value } } };
        measurements.push({ name, id, count: files.length, statistics, problem: null });
      }
      if (files.length > MOST_LISTED)
        note(`only ${MOST_LISTED} of the ${files.length} files of ${pattern} are listed`);
      facts.push({ id, pattern, files: files.slice(0, MOST_LISTED) });
    }
    return { measurements, facts: { folder, groups: facts } };
  };
}

async function measureGroup(pattern: string, folder: string, signal: AbortSignal): Promise<FileSize[]> {
  let paths: string[];
  try {
    paths = await findFiles(pattern, folder);
  } catch (error) {
    const { path = folder } = error as NodeJS.ErrnoException;
    throw unreadable(relative(folder, path) || folder, error);
  }
  if (paths.length === 0) throw new IdleproofError('MEASURE_NO_FILES', { pattern, folder });
  const sizes: FileSize[] = [];
  for (const path of paths) {
    try {
      sizes.push(await sizeOf(path, resolve(folder, path), signal));
    } catch (error) {
      throw unreadable(path, error);
    }
  }
  return sizes;
}

/** A sum without one of its files, or a folder of them, would be too small. */
function unreadable(path: string, error: unknown): IdleproofError {
  const { code, message } = error as NodeJS.ErrnoException;
  const problem = `${path} cannot be read (${code ?? message})`;
  const hint = 'Leave it out of the pattern, or run it as who may read it.';
  return new IdleproofError('MEASURE_OUTPUT', { problem, hint }, error);
}
