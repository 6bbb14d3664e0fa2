/** Puts what happened in order of time; what happened at once stays as it came. Nearly always it is in order, and is only gone through. */
export function inOrderOfTime<T extends { atMs: number }>(all: T[]): T[] {
  for (let at = 1; at < all.length; at += 1) {
    const isInOrder = (all[at] as T).atMs >= (all[at - 1] as T).atMs;
    if (!isInOrder) return all.sort((a, b) => a.atMs - b.atMs);
  }
  return all;
}
