import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than anything takes on a busy host, and shorter than the time limit of a test. */
const PATIENCE_MS = 120_000;

/** Waits for a state. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const lastMs = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > lastMs) throw new Error(`not within two minutes: ${isSo.toString()}`);
    await sleep(10);
  }
}
