import { describe, expect, it } from 'vitest';
import { defaultPaths } from '../../../src/service/default-paths.ts';

describe('where a service of a user is', () => {
  const OWN = {
    configPath: '/home/app/.config/idleproof/idleproof.yaml',
    stateFolder: '/home/app/.local/state/idleproof',
    definitionPath: '/home/app/.config/systemd/user/idleproof.service',
  };

  it.each([
    ['no variable says otherwise', {}],
    ['they are empty', { XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' }],
  ])('below the home folder, where %s', (_, env) => {
    expect(defaultPaths('linux', 'user', env, '/home/app')).toEqual(OWN);
  });

  it('where the variables say', () => {
    const env = { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' };
    expect(defaultPaths('linux', 'user', env, '/home/app')).toEqual({
      configPath: '/c/idleproof/idleproof.yaml',
      stateFolder: '/s/idleproof',
      definitionPath: '/c/systemd/user/idleproof.service',
    });
  });

  it('is one folder of Windows, whose variable can be empty, too', () => {
    for (const env of [{}, { ProgramData: '' }]) {
      const { stateFolder } = defaultPaths('win32', 'system', env, 'C:/Users/app');
      expect(stateFolder).toBe('C:/ProgramData/idleproof/state');
    }
  });
});
