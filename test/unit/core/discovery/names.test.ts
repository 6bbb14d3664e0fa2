import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { appName, freeName } from '../../../../src/core/discovery/app-name.ts';
import { isBroadFolder, outermost } from '../../../../src/core/discovery/broad-folder.ts';
import { cutText } from '../../../../src/core/discovery/cut.ts';
import { isLogFile } from '../../../../src/core/discovery/log-file.ts';
import { isModelServer } from '../../../../src/core/discovery/model-server.ts';
import { parseIsWritable } from '../../../../src/core/parse/fdinfo.ts';

describe('appName', () => {
  it.each([
    ['nginx', ['nginx: master process'], 'nginx'],
    ['python3', ['python3', '-m', 'http.server', '8000'], 'http.server'],
    ['python3', ['python3', '-u', '-m', 'backend'], 'backend'],
    ['python3', ['python3', 'app.py', '-m', 'x'], 'app'],
    ['node', ['node', '--inspect', '/srv/server.js'], 'server'],
    ['node', ['node', '-e', 'setTimeout(() => {}, 9)'], 'node'],
    ['python3', ['python3', '-c', 'import os; os.x'], 'python3'],
    ['bash', ['/bin/bash', './run.sh'], 'run'],
    ['node-MainThread', ['node', './server.js'], 'server'],
    ['node_exporter', ['node_exporter', 'web.yml'], 'node_exporter'],
    ['Web Content', [], 'Web-Content'],
    ['(sd-pam)', [], 'sd-pam'],
    ['', [], 'app'],
    ['../..', [], 'app'],
  ])('%s %j → %s', (name, argv, expected) => expect(appName(name, argv)).toBe(expected));

  it('is always a name that a target may have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })), (name, argv) => {
        expect(appName(name, argv)).toMatch(/^\w[\w.-]{0,63}$/);
      }),
    );
  });

  it('evades names that are taken', () => {
    expect(freeName('app', ['app', 'app-2'])).toBe('app-3');
  });
});

describe('folders and files', () => {
  it.each(['/', '/tmp', '/home/me', '/var/log', '/root', '/usr/share/x', '/proc/self'])(
    '%s is broad',
    (path) => expect(isBroadFolder(path)).toBe(true),
  );
  it.each(['/var/log/nginx', '/home/me/app', '/srv/app', '/tmp/x', '/opt/app/data'])('%s is not', (path) =>
    expect(isBroadFolder(path)).toBe(false),
  );
  it('keeps the outermost', () => {
    expect(outermost(['/a/b', '/a', '/ab', '/a/b/c', '/a'])).toEqual(['/a', '/ab']);
  });
  it('knows logs by name, or as the output of the program', () => {
    expect(isLogFile({ path: '/srv/x.log.1', fd: 7 })).toBe(true);
    expect(isLogFile({ path: '/srv/data', fd: 1 })).toBe(true);
    expect(isLogFile({ path: '/srv/app.db', fd: 7 })).toBe(false);
    // LevelDB's own.
    expect(isLogFile({ path: '/srv/store/000003.log', fd: 7 })).toBe(false);
  });
  it('reads the access mode', () => {
    expect(parseIsWritable('pos:\t0\nflags:\t0100002\nmnt_id:\t30\n')).toBe(true);
    expect(parseIsWritable('pos:\t0\nflags:\t0102001\n')).toBe(true);
    expect(parseIsWritable('pos:\t0\nflags:\t0100000\n')).toBe(false);
    expect(parseIsWritable('')).toBeNull();
  });
});

describe('isModelServer', () => {
  it.each([
    ['llama-server', 'llama-server -m x.gguf'],
    ['ollama', '/usr/bin/ollama serve'],
    ['python3', 'python3 -m vllm.entrypoints.openai.api_server'],
  ])('%s: %s', (name, cmdline) => expect(isModelServer({ name, cmdline })).toBe(true));
  it('is not whoever only talks to one', () => {
    expect(isModelServer({ name: 'python3', cmdline: 'python3 app.py --backend ollama' })).toBe(false);
    expect(isModelServer({ name: 'nginx', cmdline: 'nginx' })).toBe(false);
  });
});

it('cutText keeps to one harmless line of a length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const cut = cutText(text, 40);
      expect(cut.length).toBeLessThanOrEqual(40);
      expect(cut).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}/u);
    }),
  );
});
