import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { IdleproofError } from '../errors.ts';
import { SYSTEM_STATE_FOLDER, xdgFolder } from '../os/standard-folders.ts';
import { openSqlite, type Sqlite } from '../os/sqlite.ts';
import { DAEMON_LOCK_FILE } from '../model/file-names.ts';

/** Nobody else may read what a watched app does, nor control the daemon. */
const FOLDER_MODE = 0o700;

/** Where the daemon keeps its evidence where nobody says otherwise: systemd's choice, root's, or the user's own. */
export function defaultStateFolder(env: NodeJS.ProcessEnv, isRoot: boolean): string {
  const bySystemd = env['STATE_DIRECTORY']?.split(':')[0];
  if (bySystemd !== undefined && bySystemd !== '') return bySystemd;
  return isRoot ? SYSTEM_STATE_FOLDER : ownFolder(env);
}

/** Where a daemon may be found: this user's, then the system's. */
export const usualStateFolders = (env: NodeJS.ProcessEnv): string[] => [ownFolder(env), SYSTEM_STATE_FOLDER];

const ownFolder = (env: NodeJS.ProcessEnv): string =>
  join(xdgFolder(env, 'XDG_STATE_HOME', homedir()), 'idleproof');

/** The folder of one daemon, held until `release`. */
export interface StateFolder {
  path: string;
  release(): void;
}

/**
 * Makes the folder where it is missing, and takes it for this process: two daemons would write one store.
 * @throws IdleproofError where it cannot be made, is open to others, or another daemon holds it
 */
export function takeStateFolder(path: string): StateFolder {
  makeFolder(path);
  const holderPath = join(path, 'daemon.pid');
  const lock = takeLock(path, holderPath);
  try {
    writeFileSync(holderPath, `${process.pid}\n`, { mode: 0o600 });
  } catch {
    // It only says who it is, to somebody who comes second.
  }
  return {
    path,
    release: () => {
      rmSync(holderPath, { force: true });
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}

/** SQLite's lock is let go by the kernel when its process dies, however that happens, and works on every platform. */
function takeLock(folder: string, holderPath: string): Sqlite {
  let lock: Sqlite | null = null;
  try {
    lock = openSqlite(join(folder, DAEMON_LOCK_FILE), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const { code, message } = error as { code?: string; message: string };
    if (code === 'SQLITE_BUSY') {
      throw new IdleproofError('STATE_TAKEN', { folder, pid: holderOf(holderPath) }, error);
    }
    throw new IdleproofError('STATE_FOLDER', { folder, problem: `daemon.lock: ${message}` }, error);
  }
}

function makeFolder(path: string): void {
  try {
    const made = mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
    if (made !== undefined) chmodSync(path, FOLDER_MODE);
    const { uid, mode } = statSync(path);
    if (process.geteuid === undefined) return;
    if (uid !== process.geteuid()) throw new Error('it belongs to somebody else');
    // It may be a folder that others need: not ours to change.
    if ((mode & 0o077) !== 0) throw new Error('it is open to others (chmod 700 it, or name another one)');
  } catch (error) {
    throw new IdleproofError('STATE_FOLDER', { folder: path, problem: (error as Error).message }, error);
  }
}

function holderOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
