import { homedir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM_STATE_FOLDER, xdgFolder } from '../os/standard-folders.ts';
import type { ServiceScope } from './plan.ts';

export interface ServicePaths {
  configPath: string;
  stateFolder: string;
  /** The service definition. */
  definitionPath: string;
}

/** Where things are by default; see file-hierarchy(7), the XDG base directories, and the customs of macOS and Windows. */
export function defaultPaths(
  platform: NodeJS.Platform,
  scope: ServiceScope,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): ServicePaths {
  if (platform === 'darwin') return macPaths(scope, home);
  if (platform === 'win32') return windowsPaths(env);
  if (scope === 'system') {
    return {
      configPath: '/etc/idleproof/idleproof.yaml',
      stateFolder: SYSTEM_STATE_FOLDER,
      definitionPath: '/etc/systemd/system/idleproof.service',
    };
  }
  const config = xdgFolder(env, 'XDG_CONFIG_HOME', home);
  return {
    configPath: join(config, 'idleproof', 'idleproof.yaml'),
    stateFolder: join(xdgFolder(env, 'XDG_STATE_HOME', home), 'idleproof'),
    definitionPath: join(config, 'systemd', 'user', 'idleproof.service'),
  };
}

function macPaths(scope: ServiceScope, home: string): ServicePaths {
  const [library, kind] =
    scope === 'system' ? ['/Library', 'LaunchDaemons'] : [join(home, 'Library'), 'LaunchAgents'];
  const folder = join(library, 'Application Support', 'idleproof');
  return {
    configPath: join(folder, 'idleproof.yaml'),
    stateFolder: join(folder, 'state'),
    definitionPath: join(library, kind, 'idleproof.plist'),
  };
}

function windowsPaths(env: NodeJS.ProcessEnv): ServicePaths {
  const { ProgramData: given = '' } = env;
  const folder = join(given === '' ? 'C:/ProgramData' : given, 'idleproof');
  return {
    configPath: join(folder, 'idleproof.yaml'),
    stateFolder: join(folder, 'state'),
    definitionPath: join(folder, 'idleproof-service.xml'),
  };
}
