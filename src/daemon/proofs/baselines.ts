import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Baseline, parseBaseline } from '../../core/measure/baseline/pinned.ts';
import { IdleproofError } from '../../errors.ts';
import type { WindowVerdict } from '../../model/window-verdict.ts';
import { readBoundedFile } from '../../os/bounded-file.ts';

const MAX_BYTES = 64_000_000;

/** A check has no window of its own name: it is a baseline for every window. */
const CHECK_WINDOW = 'idle';

/** Where the baselines of a state folder are. */
export const baselinesFolder = (stateFolder: string): string => join(stateFolder, 'baselines');

/** The baseline of a name. @throws IdleproofError where there is none, or it cannot be read */
export function findBaseline(stateFolder: string, name: string): Baseline {
  const { baselines, broken } = readBaselines(stateFolder);
  const found = baselines.find((baseline) => baseline.name === name);
  if (found !== undefined) return found;
  if (broken.includes(join(baselinesFolder(stateFolder), `${name}.json`)))
    throw new IdleproofError('BASELINE_FOLDER', {
      folder: baselinesFolder(stateFolder),
      problem: `${name}.json cannot be read`,
    });
  throw unknownBaseline(
    name,
    baselines.map((baseline) => baseline.name),
  );
}

/** All baselines of a state folder by name, and what cannot be read. @throws IdleproofError BASELINE_FOLDER */
export function readBaselines(stateFolder: string): { baselines: Baseline[]; broken: string[] } {
  const folder = baselinesFolder(stateFolder);
  const baselines: Baseline[] = [];
  const broken: string[] = [];
  for (const file of filesOf(folder)) {
    const baseline = readBaseline(join(folder, file));
    if (baseline === null) broken.push(join(folder, file));
    else baselines.push(baseline);
  }
  return { baselines, broken };
}

/** Forgets one. @throws IdleproofError where there is none of that name */
export function unpinBaseline(stateFolder: string, name: string): void {
  const folder = baselinesFolder(stateFolder);
  const names = filesOf(folder).map((file) => file.slice(0, -'.json'.length));
  if (!names.includes(name)) throw unknownBaseline(name, names);
  rmSync(join(folder, `${name}.json`));
}

function unknownBaseline(name: string, known: readonly string[]): IdleproofError {
  const nearest = known.length === 0 ? '; there are none' : `; there are ${known.slice(0, 20).join(', ')}`;
  return new IdleproofError('BASELINE_UNKNOWN', { name: name.slice(0, 64), nearest });
}

/**
 * What the windows of an id are compared with: those of the same id, and those of checks. A baseline that cannot be read excuses
 * nothing, and is told.
 */
export function pinnedWindows(
  stateFolder: string,
  windowId: string,
): { windows: WindowVerdict[]; problem: string | null } {
  const { baselines, broken } = readBaselines(stateFolder);
  const all = baselines.flatMap(({ windows }) => windows);
  return {
    windows: all.filter((one) => one.windowId === windowId || one.windowId === CHECK_WINDOW),
    problem: broken.length === 0 ? null : `${broken.join(', ')} cannot be read`,
  };
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new IdleproofError('BASELINE_FOLDER', { folder, problem: message }, error);
  }
}

function readBaseline(path: string): Baseline | null {
  try {
    return parseBaseline(readBoundedFile(path, MAX_BYTES).toString('utf8'));
  } catch {
    return null;
  }
}
