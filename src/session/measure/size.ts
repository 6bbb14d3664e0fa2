import { relative, resolve } from 'node:path';
import { counted } from '../../core/wording/amounts.ts';
import { IdleproofError } from '../../errors.ts';
import { type FileSize, findFiles, type FoundFiles, sizeOf } from '../../measure/files-size.ts';
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

/** What the results say of a group; of very many files and links only the first. */
interface GroupFacts {
  id: string | null;
  pattern: string;
  files: FileSize[];
  links: string[];
  linksLeftOut: number;
}

interface MeasuredGroup {
  files: FileSize[];
  links: string[];
}

const MOST_LISTED = 1_000;
const MOST_NAMED = 3;

/** Sizes of files, raw and compressed, by pattern. */
export function probeSize({ folder, groups }: SizePlan): UsingProbe {
  return async ({ signal, onProgress, note }) => {
    const measurements: Found[] = [];
    const facts: GroupFacts[] = [];
    for (const [index, { id, pattern }] of groups.entries()) {
      onProgress(index, groups.length);
      const { files, links } = await measureGroup(pattern, folder, signal);
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
      if (links.length > 0) note(`of ${pattern}, ${sayLinks(links)} left out: links are not followed`);
      const listed = { files: files.slice(0, MOST_LISTED), links: links.slice(0, MOST_LISTED) };
      facts.push({ id, pattern, ...listed, linksLeftOut: links.length });
    }
    return { measurements, facts: { folder, groups: facts } };
  };
}

async function measureGroup(pattern: string, folder: string, signal: AbortSignal): Promise<MeasuredGroup> {
  let found: FoundFiles;
  try {
    found = await findFiles(pattern, folder);
  } catch (error) {
    const { path = folder } = error as NodeJS.ErrnoException;
    throw unreadable(relative(folder, path) || folder, error);
  }
  const { files, links } = found;
  if (files.length === 0) {
    const besides = links.length === 0 ? '' : ` (${sayLinks(links)} left out)`;
    throw new IdleproofError('MEASURE_NO_FILES', { pattern, folder, besides });
  }
  const sizes: FileSize[] = [];
  for (const path of files) {
    try {
      sizes.push(await sizeOf(path, resolve(folder, path), signal));
    } catch (error) {
      throw unreadable(path, error);
    }
  }
  return { files: sizes, links };
}

/** `2 links (a.js, vendor) are`. */
function sayLinks(links: readonly string[]): string {
  const named = links.slice(0, MOST_NAMED).join(', ');
  const rest = links.length > MOST_NAMED ? ', …' : '';
  return `${counted(links.length, 'link')} (${named}${rest}) ${links.length === 1 ? 'is' : 'are'}`;
}

/** A sum without one of its files, or a folder of them, would be too small. */
function unreadable(path: string, error: unknown): IdleproofError {
  const { code, message } = error as NodeJS.ErrnoException;
  const problem = `${path} cannot be read (${code ?? message})`;
  const hint = 'Leave it out of the pattern, or run it as who may read it.';
  return new IdleproofError('MEASURE_OUTPUT', { problem, hint }, error);
}
