import { redactCmdline } from '../../core/parse/cmdline.ts';
import { IdleproofError } from '../../errors.ts';
import { readArguments, readExe } from '../process-info.ts';
import { ancestors } from '../process-table.ts';
import type { Scene } from '../scene.ts';

const MAX_CANDIDATES = 8;
const MAX_CANDIDATE_LENGTH = 80;

/** Leaves out every process that has another one of them as an ancestor: workers go, their master stays. */
export function topmost({ table }: Scene, pids: readonly number[]): number[] {
  const all = new Set(pids);
  return [...all].filter((pid) => ![...ancestors(table, pid)].some((ancestor) => all.has(ancestor.pid)));
}

/** The uppermost of the ancestors in a row that run the same program file: from an nginx worker to its master. */
export function topOfSameProgram({ procfs, table, guard }: Scene, pid: number): number {
  const exe = readExe(procfs, pid);
  let top = pid;
  for (const ancestor of ancestors(table, pid)) {
    if (exe === null || readExe(procfs, ancestor.pid) !== exe) break;
    if (guard.refusal(table, ancestor) !== null) break;
    top = ancestor.pid;
  }
  return top;
}

/** One tree: else the user has to choose. */
export function assertOneTree(scene: Scene, roots: readonly number[], selector: string): readonly number[] {
  if (roots.length <= 1) return roots;
  throw new IdleproofError('TARGET_AMBIGUOUS', {
    selector,
    count: roots.length,
    candidates: listCandidates(scene, roots),
  });
}

/** Several trees of one program under one parent: workers that share a port without a master. */
export function areSiblings({ procfs, table }: Scene, roots: readonly number[]): boolean {
  const parents = new Set(roots.map((pid) => table.get(pid)?.parentPid));
  const programs = new Set(roots.map((pid) => readExe(procfs, pid)));
  return parents.size === 1 && !parents.has(1) && programs.size === 1 && !programs.has(null);
}

/** As many processes as fit a message: `1234 python3 app.py; 1250 python3 worker.py`. */
function listCandidates({ procfs, table }: Scene, pids: readonly number[]): string {
  const shown = [...pids]
    .sort((a, b) => a - b)
    .slice(0, MAX_CANDIDATES)
    .map((pid) => {
      const cmdline = redactCmdline(readArguments(procfs, pid)) || (table.get(pid)?.name ?? '');
      const short =
        cmdline.length > MAX_CANDIDATE_LENGTH ? `${cmdline.slice(0, MAX_CANDIDATE_LENGTH)}…` : cmdline;
      return `${pid} ${short}`;
    });
  const more = pids.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
