import { EXIT } from './exit-codes.ts';

/**
 * Turns the first Ctrl-C or SIGTERM into an abort signal, so that the window closes in order; a second one ends the
 * process at once. `release` takes the handlers away again.
 */
export function onInterrupt(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, handle);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, handle);
    },
  };
}

/** The exit code of what was interrupted before there was anything to judge. @throws what was thrown for another reason */
export function exitCodeOfInterrupted(error: unknown, signal: AbortSignal): number {
  if (!signal.aborted || (error as Error).name !== 'AbortError') throw error;
  process.stderr.write('interrupted before there was anything to judge\n');
  return EXIT.interrupted;
}
