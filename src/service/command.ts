import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { IdleproofError } from '../errors.ts';

/** Names of Node that stay when it is updated; `process.execPath` may have a version in it, as below Homebrew's Cellar. */
const LASTING_NODES: readonly string[] = ['/usr/bin/node', '/usr/local/bin/node', '/opt/homebrew/bin/node'];

/** What the service runs: the daemon with this Node and this installed package. */
export function serviceCommand(configPath: string, stateFolder: string): string[] {
  return [lastingNode(process.execPath), program(), 'watch', '--config', configPath, '--state', stateFolder];
}

/** A lasting name of the same program; itself where there is none. */
export function lastingNode(execPath: string, lasting: readonly string[] = LASTING_NODES): string {
  const real = realPath(execPath);
  return lasting.find((path) => real !== null && realPath(path) === real) ?? execPath;
}

/** The installed command line. What npx has in its cache is gone one day, and the service with it. */
function program(): string {
  const path = fileURLToPath(new URL('../cli/main.js', import.meta.url));
  if (/[\\/]_npx[\\/]/.test(path)) throw new IdleproofError('SERVICE_PASSING', { path });
  return path;
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
