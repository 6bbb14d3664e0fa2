import { sayProcess } from '../core/wording/process.ts';
import type { WatchedProcess } from '../model/process.ts';

/** Where the tree of a target ends since another target begins there, in words. */
export function sayCutOut(everSeen: readonly WatchedProcess[], target: string): string[] {
  const own = new Set(everSeen.filter((one) => one.target === target).map(({ id }) => id));
  return everSeen
    .filter((one) => one.target !== target && one.parentId !== null && own.has(one.parentId))
    .map((one) => `${sayProcess(one)}, a child of ${target}, is judged as ${one.target} alone`);
}
