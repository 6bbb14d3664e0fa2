import fc from 'fast-check';
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

it('is the same of every version, and of no name that goes on', () => {
  const version = fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 99 })).map((parts) => parts.join('.'));
  fc.assert(
    fc.property(version, fc.stringMatching(/^[a-z]{1,20}$/u), (number, name) => {
      expect(isInterpreter(`python${number}`)).toBe(true);
      expect(isInterpreter(`python_${name}`)).toBe(false);
    }),
  );
});
