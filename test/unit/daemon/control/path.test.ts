import { describe, expect, it } from 'vitest';
import { controlPath } from '../../../../src/daemon/control/path.ts';

describe('controlPath', () => {
  it('is a socket in the state folder', () => {
    expect(controlPath('/var/lib/idleproof', 'linux')).toBe('/var/lib/idleproof/control.sock');
  });

  it('is a named pipe of its own for each state folder on Windows, whatever the case', () => {
    const pipe = controlPath('C:\\Users\\a\\idleproof', 'win32');
    expect(pipe).toMatch(/^\\\\\.\\pipe\\idleproof-[0-9a-f]{16}$/);
    expect(controlPath('c:\\users\\A\\idleproof', 'win32')).toBe(pipe);
    expect(controlPath('C:\\Users\\b\\idleproof', 'win32')).not.toBe(pipe);
  });

  it('refuses a path that a socket address would cut off', () => {
    const room = (bytes: number): string => `/${'x'.repeat(bytes - '//control.sock'.length)}`;
    expect(controlPath(room(107), 'linux')).toHaveLength(107);
    expect(() => controlPath(room(108), 'linux')).toThrowError(
      expect.objectContaining({ code: 'CONTROL_PATH_LONG' }),
    );
    expect(() => controlPath(room(104), 'darwin')).toThrow(/too long/);
  });
});
