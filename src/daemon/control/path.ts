import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { IdleproofError } from '../../errors.ts';

/** What sun_path of a socket's address holds beside its closing zero; see unix(7), and unix(4) of macOS. */
const LONGEST_PATH: Readonly<Partial<Record<NodeJS.Platform, number>>> = { linux: 107, darwin: 103 };
const LONGEST_ELSEWHERE = 103;

/**
 * Where the daemon of a state folder listens: a socket in it, on Windows a named pipe.
 * @throws IdleproofError where the path is longer than a socket's address; it would be cut off in silence
 */
export function controlPath(stateFolder: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') {
    const name = createHash('sha256').update(stateFolder.toLowerCase()).digest('hex').slice(0, 16);
    return `\\\\.\\pipe\\idleproof-${name}`;
  }
  const path = join(stateFolder, 'control.sock');
  const longest = LONGEST_PATH[platform] ?? LONGEST_ELSEWHERE;
  if (Buffer.byteLength(path) > longest) throw new IdleproofError('CONTROL_PATH_LONG', { path, longest });
  return path;
}
