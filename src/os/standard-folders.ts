import { isAbsolute, join } from 'node:path';

/** What `StateDirectory=idleproof` is for the service manager of the machine: file-hierarchy(7). */
export const SYSTEM_STATE_FOLDER = '/var/lib/idleproof';

/** Below the home folder, where a variable does not say otherwise. */
const IN_HOME = { XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state' } as const;

/** A folder of the XDG Base Directory Specification, to which a variable that is empty or relative is not set. */
export function xdgFolder(env: NodeJS.ProcessEnv, name: keyof typeof IN_HOME, home: string): string {
  const given = env[name] ?? '';
  return isAbsolute(given) ? given : join(home, IN_HOME[name]);
}
