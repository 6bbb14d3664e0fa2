import { expect, it } from 'vitest';
import { isInterpreter } from '../../../../src/core/parse/interpreter.ts';

it.each([
  'python',
  'python3.13',
  'python3.13-dbg',
  'pypy3-c',
  'node',
  'nodejs',
  'ruby3.2',
  'perl5.36-x86_64-linux-gnu',
  'java',
  'dotnet',
  'beam.smp',
  'lua5.4',
  'fish',
  'ksh-93',
  'busybox',
  'MainThread',
  'node-MainThread',
])('%s runs other people’s programs', (name) => {
  expect(isInterpreter(name)).toBe(true);
});

it.each([
  'node_exporter',
  'node-red',
  'nodemon',
  'bundle',
  'shfmt',
  'javac',
  'php-fpm',
  'beamer',
  'my-node',
  '',
])('«%s» is a program of its own', (name) => {
  expect(isInterpreter(name)).toBe(false);
});
