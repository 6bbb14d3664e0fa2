import { expect, it } from 'vitest';
import { sayProcess } from '../../../../src/core/wording/process.ts';

it('calls a process by its name first', () => {
  expect(sayProcess({ name: 'nginx', pid: 12 })).toBe('nginx (pid 12)');
  expect(sayProcess({ name: 'nginx', pid: 12 }, 'app')).toBe('nginx (pid 12, app)');
});
