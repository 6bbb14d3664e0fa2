import { fileURLToPath } from 'node:url';
import type { Fault } from './fault.ts';

/**
 * A fault inside the watchdog's process: a module of `preloads/` is imported before the command line, and strikes at the first
 * SIGUSR2; the second one undoes it. The command line itself knows nothing of it.
 */
export function struck(preload: string): Pick<Fault, 'setUp' | 'strike' | 'undo'> {
  const path = fileURLToPath(new URL(`./preloads/${preload}.mjs`, import.meta.url));
  return {
    setUp: () => ({ imports: [path] }),
    strike: async ({ watchdog }) => {
      watchdog.kill('SIGUSR2');
      await watchdog.said(/chaos: struck/u);
    },
    undo: ({ watchdog }) => watchdog.kill('SIGUSR2'),
  };
}
