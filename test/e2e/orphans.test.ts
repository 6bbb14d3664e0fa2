import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, ruleOf } from '../support/cli.ts';
import { hasProgram } from '../support/programs.ts';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-orphans-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Leaves a helper whose parent is gone at once, so that nobody sees whose it was. */
const DAEMONIZE = `
import os, signal
def daemonize():
  if os.fork(): return os.wait()
  os.setsid()
  if os.fork(): os._exit(0)
  for fd in (0, 1, 2): os.close(fd)
  os.execvp('sleep', ['sleep', '300'])
`;
const UNTIL_STOPPED = `
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
while True: signal.pause()
`;
const IN_THE_END = `
def stop(*_):
  daemonize()
  os._exit(0)
signal.signal(signal.SIGTERM, stop)
while True: signal.pause()
`;
const TAKES_ALONG = `
child = os.fork()
if child == 0:
  os.setsid()
  os.execvp('sleep', ['sleep', '300'])
def stop(*_):
  os.kill(child, 9)
  os.wait()
  os._exit(0)
signal.signal(signal.SIGTERM, stop)
while True: signal.pause()
`;

const checkApp = (script: string) => {
  const window = ['--for', '3s', '--settle', '1s', '--rules', 'sidecar-lifecycle', '--out', out];
  return check([...window, '--', 'python3', '-c', script]);
};

describe.skipIf(!hasProgram('python3')).concurrent('what outlives a command', () => {
  it.each([
    ['a helper that daemonized at its start', `${DAEMONIZE}daemonize()${UNTIL_STOPPED}`],
    ['a helper that it starts when it is told to end', `${DAEMONIZE}${IN_THE_END}`],
    ['a helper that it left when it ended by itself', `${DAEMONIZE}daemonize()`],
  ])('%s is found', async (_, script) => {
    const { proof, code } = await checkApp(script);
    expect(ruleOf(proof, 'orphan-process')).toMatchObject({ verdict: 'fail', measured: '1 orphan' });
    expect(code).toBe(1);
  });

  it('is nobody where it takes its helper along', async () => {
    const { proof } = await checkApp(DAEMONIZE + TAKES_ALONG);
    expect(ruleOf(proof, 'orphan-process').verdict, proof.headline).not.toBe('fail');
  });
});
