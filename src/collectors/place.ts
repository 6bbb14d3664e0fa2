import { lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname, isAbsolute, resolve } from 'node:path';

/** A folder, link or file on the way to a file. */
interface Step {
  /** Device and inode. */
  identity: string;
  isLink: boolean;
  ctimeNs: bigint;
  mtimeNs: bigint;
}

const MOST_STEPS = 200;

/**
 * Notices that a file, or a link or folder on the way to it, was moved away and back between two looks, so that another may have been
 * in its place. To move something touches its ctime alone; to write into it touches its mtime, too.
 */
export class FilePlace {
  #known: ReadonlyMap<string, Step> = new Map();

  /** What is as before and was touched all the same, since the last call; null: nothing. Throws where there is no such file. */
  touched(path: string): string | null {
    const steps = stepsTo(resolve(path));
    const known = this.#known;
    this.#known = steps;
    for (const [at, step] of steps) {
      const before = known.get(at);
      if (before !== undefined && isTouched(before, step)) return at;
    }
    return null;
  }

  /** It was not there, or is another one now. */
  forget(): void {
    this.#known = new Map();
  }
}

/** Why what was read of a file may not be all. @param touched what was moved; null: the file itself. @param path its real path */
export function movedReason(touched: string | null, path: string): string {
  const what = touched === null || touched === path ? path : `${touched}, on the way to ${path},`;
  return `${what} was moved, or its owner or permissions changed: another may have been in its place for a while`;
}

function isTouched(before: Step, step: Step): boolean {
  if (before.identity !== step.identity) return step.isLink || before.isLink;
  return step.ctimeNs !== before.ctimeNs && (step.isLink || step.ctimeNs !== step.mtimeNs);
}

/** By path; those that links lead to follow them. */
function stepsTo(path: string): Map<string, Step> {
  const steps = new Map<string, Step>();
  const left = [path];
  for (let at = left.pop(); at !== undefined && steps.size < MOST_STEPS; at = left.pop()) {
    if (steps.has(at)) continue;
    const stat = lstatSync(at, { bigint: true });
    const isLink = stat.isSymbolicLink();
    const { dev, ino, ctimeNs, mtimeNs } = stat;
    steps.set(at, { identity: `${dev}:${ino}`, isLink, ctimeNs, mtimeNs });
    if (isLink) {
      const target = readlinkSync(at);
      left.push(isAbsolute(target) ? target : resolve(dirname(at), target));
    }
    if (basename(at) !== '') left.push(dirname(at));
  }
  return steps;
}
