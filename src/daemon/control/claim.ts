import { lstatSync, type Stats, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { IdleproofError } from '../../errors.ts';

/** A daemon that was stopped still takes connections; one that does not within this time is not dead either. */
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Makes way for a new socket: one that a dead daemon left is removed, a living one's never. The caller holds the state
 * folder's lock, so that nobody else makes one at the same time.
 * @throws IdleproofError where somebody answers there, where what lies there is no socket, or where others may write in the folder
 */
export async function clearStaleSocket(path: string): Promise<void> {
  const folder = lstat(dirname(path));
  if (folder === null) throw new IdleproofError('CONTROL_FOLDER', { path, problem: 'its folder is missing' });
  if ((folder.mode & 0o022) !== 0) {
    throw new IdleproofError('CONTROL_FOLDER', { path, problem: 'others may write in its folder' });
  }
  const before = lstat(path);
  if (before === null) return;
  if (!before.isSocket()) throw new IdleproofError('CONTROL_FOLDER', { path, problem: 'it is not a socket' });
  if (await isLiving(path)) throw new IdleproofError('CONTROL_TAKEN', { path });
  // Only the one that was asked: it may have been replaced in the meantime.
  if (lstat(path)?.ino === before.ino) unlinkSync(path);
}

/** Only a refused connection says that nobody listens: anything else may be a daemon that is busy. */
function isLiving(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (living: boolean): void => {
      socket.destroy();
      resolve(living);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(true));
    socket.once('connect', () => end(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      end(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}

function lstat(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}
