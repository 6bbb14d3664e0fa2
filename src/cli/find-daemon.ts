import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ControlClient, controlClient } from '../daemon/control/client.ts';
import { defaultStateFolder, usualStateFolders } from '../daemon/state-folder.ts';
import { IdleproofError } from '../errors.ts';
import type { DaemonStatus } from '../model/daemon-status.ts';
import { DAEMON_LOCK_FILE } from '../model/file-names.ts';

/** A daemon that answered. */
export interface FoundDaemon {
  client: ControlClient;
  status: DaemonStatus;
}

/**
 * The daemon of a state folder, or of the first usual place where one runs.
 * @throws IdleproofError that says where it looked, or whose daemon it is
 */
export async function findDaemon(state: string | undefined): Promise<FoundDaemon> {
  const folders = state === undefined ? usualStateFolders(process.env) : [resolve(state)];
  let refused: IdleproofError | null = null;
  for (const folder of folders) {
    const client = controlClient(folder);
    try {
      return { client, status: checked(await client.status(), folder) };
    } catch (error) {
      if (!(error instanceof IdleproofError)) throw error;
      // A daemon that is there and is not ours says more than one that is not there.
      if (error.code !== 'DAEMON_NOT_RUNNING') refused ??= error;
    }
  }
  throw refused ?? new IdleproofError('DAEMON_NOT_RUNNING', { path: folders.join(', ') });
}

/** The state folder that is named, or the first usual place where a daemon ever was; it need not run. */
export function findStateFolder(state: string | undefined): string {
  if (state !== undefined) return resolve(state);
  const known = usualStateFolders(process.env).find((folder) => existsSync(join(folder, DAEMON_LOCK_FILE)));
  return known ?? defaultStateFolder(process.env, process.geteuid?.() === 0);
}

/** A daemon of another version may tell other things. */
export function checked(status: DaemonStatus, path: string): DaemonStatus {
  if (status.schemaVersion === 1 && Array.isArray(status.windows)) return status;
  throw new IdleproofError('DAEMON_ANSWER', { path, problem: 'it is of another version than this command' });
}
