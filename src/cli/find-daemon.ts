import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ControlClient, controlClient } from '../daemon/control/client.ts';
import { IdleproofError } from '../errors.ts';
import type { DaemonStatus } from '../model/daemon-status.ts';

/** State folder of a daemon of root. */
const SYSTEM_FOLDER = '/var/lib/idleproof';

/** Where a daemon may be: one of this user, then the system's. */
function stateFolders(env: NodeJS.ProcessEnv): string[] {
  const home = env['XDG_STATE_HOME'];
  const own = join(
    home === undefined || home === '' ? join(homedir(), '.local', 'state') : home,
    'idleproof',
  );
  return [own, SYSTEM_FOLDER];
}

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
  const folders = state === undefined ? stateFolders(process.env) : [resolve(state)];
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

/** A daemon of another version may tell other things. */
export function checked(status: DaemonStatus, path: string): DaemonStatus {
  if (status.schemaVersion === 1 && Array.isArray(status.windows)) return status;
  throw new IdleproofError('DAEMON_ANSWER', { path, problem: 'it is of another version than this command' });
}
