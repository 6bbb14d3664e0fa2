import { basename } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { ProcStat } from '../../core/parse/proc-stat.ts';
import { IdleproofError } from '../../errors.ts';
import { assertOneTree, topmost } from './one-app.ts';
import { readArguments, readExe } from '../process-info.ts';
import type { Scene } from '../scene.ts';
import { candidates } from './candidates.ts';

/**
 * Processes of that name: as the kernel keeps it, or the file name of the program, or of the first argument (a longer
 * name than 15 bytes, a program behind a link).
 */
export function selectByName(scene: Scene, name: string): readonly number[] {
  const all = candidates(scene);
  const matches = all.filter((stat) => isNamed(scene, stat, name));
  const selector = `name ${name}`;
  if (matches.length === 0) {
    throw new IdleproofError('TARGET_NOT_FOUND', { selector, nearest: nearest(name, all) });
  }
  const pids = matches.map(({ pid }) => pid);
  return assertOneTree(scene, topmost(scene, pids), selector);
}

/** Whether a process is of that name, in any of these ways. */
export function isNamed(scene: Pick<Scene, 'procfs'>, stat: ProcStat, name: string): boolean {
  return stat.name === name || programNames(scene, stat).includes(name);
}

function programNames({ procfs }: Pick<Scene, 'procfs'>, { pid }: ProcStat): string[] {
  const exe = readExe(procfs, pid);
  const [first] = readArguments(procfs, pid);
  return [exe, first].flatMap((path) => (path === null || path === undefined ? [] : [basename(path)]));
}

function nearest(name: string, all: readonly ProcStat[]): string {
  const names = [...new Set(all.map((stat) => stat.name))];
  if (names.length === 0) return '';
  const found = closest(name, names);
  return distance(name, found) <= Math.max(2, name.length / 2)
    ? ` (there is «${escapeControls(found)}»)`
    : '';
}
