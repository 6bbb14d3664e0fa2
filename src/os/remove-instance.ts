import { rmdirSync, writeFileSync } from 'node:fs';
import { pause } from './pause.ts';
import { TracefsError } from './tracefs-error.ts';

/** A moment for others who have a file of the instance open; then it stays, for the next start to remove. */
const REMOVE_ATTEMPTS = 20;
const REMOVE_PAUSE_MS = 10;

/**
 * Removes an instance of our own; the kernel disables its events. Where it cannot be removed, we disable them.
 * @throws TracefsError where it stays
 */
export function removeInstance(folder: string): void {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENODEV') return;
      if (code !== 'EBUSY' || attempts === REMOVE_ATTEMPTS) {
        attemptQuietly(() => writeFileSync(`${folder}/events/enable`, '0'));
        throw new TracefsError(`removing ${folder}`, error);
      }
      pause(REMOVE_PAUSE_MS);
    }
  }
}

/** For what is tidied up after an error, which is the one to be told. */
export function attemptQuietly(act: () => void): void {
  try {
    act();
  } catch {
    // The caller throws the error that led here.
  }
}
