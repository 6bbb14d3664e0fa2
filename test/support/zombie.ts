import { readFileSync } from 'node:fs';

const LIMIT_MS = 120_000;

/** Waits within this turn until a child has ended: nobody is told of it before. */
export function waitForZombie(pid: number): void {
  const limitMs = performance.now() + LIMIT_MS;
  while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')))
    if (performance.now() > limitMs) throw new Error(`${pid} has not ended`);
}
