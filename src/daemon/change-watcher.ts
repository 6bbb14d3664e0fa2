import { watch } from 'chokidar';

/** An editor writes a file in several steps: it is read when it has been left alone for so long. */
const QUIET_MS = 300;

export interface ChangeWatcher {
  /** Other files from now on. */
  watch(paths: readonly string[]): void;
  close(): Promise<void>;
}

export interface ChangeHooks {
  /** One of the files was changed, replaced or removed; several changes at once are one. */
  onChange: () => void;
  /** Changes of a file cannot be seen, as where the system has no watch left to give. */
  onProblem: (problem: string) => void;
}

/** Looks out for changes of some files. */
export function watchChanges(paths: readonly string[], { onChange, onProblem }: ChangeHooks): ChangeWatcher {
  let watched = [...paths];
  let timer: NodeJS.Timeout | null = null;
  const watcher = watch(watched, { ignoreInitial: true, persistent: true });
  watcher.on('all', () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  });
  // Where nobody listens, an error ends the process.
  watcher.on('error', (error) => onProblem((error as Error).message));
  return {
    watch: (next) => {
      watcher.unwatch(watched.filter((path) => !next.includes(path)));
      watcher.add(next.filter((path) => !watched.includes(path)));
      watched = [...next];
    },
    close: async () => {
      if (timer !== null) clearTimeout(timer);
      await watcher.close();
    },
  };
}
