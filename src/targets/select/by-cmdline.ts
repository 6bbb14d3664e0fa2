import { IdleproofError } from '../../errors.ts';
import { assertOneTree, topmost } from './one-app.ts';
import { readArguments } from '../process-info.ts';
import type { Scene } from '../scene.ts';
import { candidates } from './candidates.ts';

/** Processes whose arguments, joined by blanks, match the regular expression. */
export function selectByCmdline(scene: Scene, pattern: string): readonly number[] {
  const expression = new RegExp(pattern);
  const pids = candidates(scene)
    .map(({ pid }) => pid)
    .filter((pid) => hasCmdline(scene, pid, expression));
  const selector = `cmdline /${pattern}/`;
  if (pids.length === 0) throw new IdleproofError('TARGET_NOT_FOUND', { selector, nearest: '' });
  return assertOneTree(scene, topmost(scene, pids), selector);
}

/** Whether the arguments of a process match. */
export function hasCmdline({ procfs }: Pick<Scene, 'procfs'>, pid: number, expression: RegExp): boolean {
  const argv = readArguments(procfs, pid);
  return argv.length > 0 && expression.test(argv.join(' '));
}
