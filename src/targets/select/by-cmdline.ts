import { IdleproofError } from '../../errors.ts';
import { assertOneTree, topmost } from '../one-app.ts';
import { readArguments } from '../process-info.ts';
import type { Scene } from '../scene.ts';
import { candidates } from './candidates.ts';

/** Processes whose arguments, joined by blanks, match the regular expression. */
export function selectByCmdline(scene: Scene, pattern: string): readonly number[] {
  const regex = new RegExp(pattern);
  const pids = candidates(scene)
    .map(({ pid }) => pid)
    .filter((pid) => {
      const argv = readArguments(scene.procfs, pid);
      return argv.length > 0 && regex.test(argv.join(' '));
    });
  const selector = `cmdline /${pattern}/`;
  if (pids.length === 0) throw new IdleproofError('TARGET_NOT_FOUND', { selector, nearest: '' });
  return assertOneTree(scene, topmost(scene, pids), selector);
}
