import { expect, it } from 'vitest';
import { processName } from '../../../../src/core/parse/process-name.ts';

it.each([
  ['nginx', '/usr/sbin/nginx', 'nginx'],
  ['gunicorn: maste', '/usr/bin/python3.11', 'gunicorn: maste'],
  ['MainThread', '/usr/local/bin/node', 'node'],
  ['node-MainThread', '/usr/local/bin/node', 'node'],
  ['MainThread', null, 'MainThread'],
])('of %s, which runs %s, is %s', (comm, exe, name) => expect(processName(comm, () => exe)).toBe(name));
