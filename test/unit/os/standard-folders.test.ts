import { describe, expect, it } from 'vitest';
import { xdgFolder } from '../../../src/os/standard-folders.ts';

describe('xdgFolder', () => {
  it.each([
    ['not set', {}, '/home/app/.local/state'],
    ['empty', { XDG_STATE_HOME: '' }, '/home/app/.local/state'],
    ['relative', { XDG_STATE_HOME: 'state' }, '/home/app/.local/state'],
    ['absolute', { XDG_STATE_HOME: '/srv/state' }, '/srv/state'],
    ['of another', { XDG_CONFIG_HOME: '/srv/config' }, '/home/app/.local/state'],
  ])('%s', (_, env, folder) => {
    expect(xdgFolder(env, 'XDG_STATE_HOME', '/home/app')).toBe(folder);
  });
});
