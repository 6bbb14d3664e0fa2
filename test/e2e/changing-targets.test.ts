import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Finding, Proof } from '../../src/model/proof.ts';
import { check, ruleOf } from '../support/cli.ts';
import { ANSWERS_AND_CLOSES, beat, checkMidway, driven, stopped } from '../support/midway.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program, startPython } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { expectLookedAt } from '../support/looked-at.ts';

const RUNNABLE = hasTrace() && hasProgram('python3') && hasProgram('nginx');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-changing-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const listener = (test: TestContext): Promise<Program> =>
  stopped(startPython(ANSWERS_AND_CLOSES, true), test);

/** The only finding about calls out; nothing was missed beside it. */
function onlyCall(proof: Proof, port: number): Finding {
  const { tier, findings } = ruleOf(proof, 'network-activity');
  expect(tier, proof.headline).toBe('zero-miss');
  expect(findings.map(({ subject }) => subject)).toEqual([
    { protocol: 'tcp', 'remote.ip': '127.0.0.1', 'remote.port': port },
  ]);
  return findings[0] as Finding;
}

const numberIn = (file: string): number => Number(readFileSync(join(folder, file), 'utf8'));

describe.skipIf(!RUNNABLE).concurrent('a target that changes in the window', () => {
  it('executes another program: what that one does is found, under its name', async (test) => {
    const { port } = await listener(test);
    const target = await driven(test);
    // Builtins of the shell: it needs no child. What it reads from may be taken for a network, for which it would run ~/.bashrc.
    const program = `echo ok; read -t 2; echo hi > /dev/tcp/127.0.0.1/${port}; read -t 300`;
    const { proof, code } = await checkMidway(target.pid, folder, () =>
      target.run(`os.execv('/bin/bash', ['bash', '--norc', '-c', ${JSON.stringify(program)}])`),
    );
    expect(code).toBe(1);
    const { count, actors, text } = onlyCall(proof, port);
    expect(count).toBe(1);
    expect(actors).toMatchObject([
      {
        pid: target.pid,
        name: 'bash',
        thread: 'bash',
        cmdline: expect.stringContaining('bash --norc -c echo ok'),
      },
    ]);
    expect(text).toContain('3 bytes');
    const spawns = ruleOf(proof, 'child-process');
    expect(spawns.findings.map((finding) => finding.text)).toEqual([
      expect.stringMatching(/^bash \(pid \d+, .*\) replaced itself \(.*python3[^)]*\) with \S*\/bash$/),
    ]);
    expect(spawns).toMatchObject({ verdict: 'fail', tier: 'zero-miss' });
  });

  it('becomes another user, and calls out', async (test) => {
    const { port } = await listener(test);
    const target = await driven(test);
    // Its library may lie where the other user cannot read it.
    await target.run("socket.getaddrinfo('127.0.0.1', 1)");
    const { proof, code } = await checkMidway(target.pid, folder, async () => {
      await target.run('os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)');
      await target.run(beat(port));
    });
    expect(code).toBe(1);
    const { count, actors, text } = onlyCall(proof, port);
    expect(count).toBe(1);
    expect(actors.map(({ pid }) => pid)).toEqual([target.pid]);
    expect(text).toContain('2 bytes');
  });

  it('enters a network of its own, and calls somebody there', async (test) => {
    const target = await driven(test);
    const { proof, code } = await checkMidway(target.pid, folder, async () => {
      await target.run(`libc.unshare(0x40000000); import fcntl, struct`);
      const up = `fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 1))`;
      await target.run(
        `${up}; server = listen(); open('${folder}/port', 'w').write(str(server.getsockname()[1]))`,
      );
      await sleep(1_500);
      await target.run(`near, far = connect(server); near.send(b'hi'); near.close(); far.close()`);
    });
    expect(code).toBe(1);
    const { count, actors } = onlyCall(proof, numberIn('port'));
    expect(count).toBe(1);
    expect(actors.map(({ pid }) => pid)).toEqual([target.pid]);
  });

  it('forks 1,000 children, one of which connects: all are counted, and it is named', async (test) => {
    const { port } = await listener(test);
    const target = await driven(test);
    const child = `open('${folder}/child', 'w').write(str(os.getpid())); ${beat(port)}`;
    const fork = `exec("""for i in range(1000):\\n pid = os.fork()\\n if pid == 0:\\n  if i == 500: ${child}\\n  os._exit(0)\\n os.waitpid(pid, 0)""")`;
    // A busy host needs its time for so many.
    const { proof, code } = await checkMidway(target.pid, folder, () => target.run(fork), ['--for', '30s']);
    expect(code).toBe(1);
    const { count, actors } = onlyCall(proof, port);
    expect(count).toBe(1);
    expect(actors.map(({ pid }) => pid)).toEqual([numberIn('child')]);
    const spawns = ruleOf(proof, 'child-process');
    expect(spawns.tier).toBe('zero-miss');
    expect(spawns.findings.reduce((sum, one) => sum + one.count, 0)).toBe(1000);
  });

  it('lets a daemon go: it is named, and followed on', async (test) => {
    const { port } = await listener(test);
    const target = await driven(test);
    const daemon = `os.setsid()\\n if os.fork() > 0: os._exit(0)\\n open('${folder}/daemon', 'w').write(str(os.getpid()))\\n time.sleep(3)\\n ${beat(port)}\\n time.sleep(300)`;
    test.onTestFinished(() => {
      process.kill(numberIn('daemon'), 'SIGKILL');
    });
    const { proof, code } = await checkMidway(target.pid, folder, () =>
      target.run(`exec("""pid = os.fork()\\nif pid == 0:\\n ${daemon}\\nos.waitpid(pid, 0)""")`),
    );
    expect(code).toBe(1);
    const { count, actors } = onlyCall(proof, port);
    expect(count).toBe(1);
    expect(actors.map(({ pid }) => pid)).toEqual([numberIn('daemon')]);
    expect(proof.targets[0]?.processes.map(({ pid }) => pid)).toContain(numberIn('daemon'));
    const spawns = ruleOf(proof, 'child-process');
    expect(spawns.findings.reduce((sum, one) => sum + one.count, 0)).toBe(2);
  });

  it('a thread that beats beside a quiet nginx: each beat, its address, bytes and thread', async (test) => {
    const { port } = await listener(test);
    const nginx = await stopped(startNginx(), test);
    const agent = await stopped(startPython(beats(port, join(folder, 'beats'))), test);
    const out = mkdtempSync(join(folder, 'out-'));
    const targets = ['--target', `web=pid:${nginx.pid}`, '--target', `agent=pid:${agent.pid}`];
    const { proof, code } = await check([...targets, '--for', '12s', '--settle', '1s', '--out', out]);
    expect(code).toBe(1);
    const [ofWeb, ofAgent] = ['web', 'agent'].map((name) =>
      proof.rules.find(({ id, target }) => id === 'network-activity' && target === name),
    );
    expect(ofWeb?.tier).toBe('zero-miss');
    expect(ofAgent).toMatchObject({ verdict: 'fail', tier: 'zero-miss' });
    const [opened, closed] = [proof.window.opened, proof.window.closed].map(({ utc }) => Date.parse(utc));
    const made = readFileSync(join(folder, 'beats'), 'utf8').trim().split('\n').map(Number);
    const count = made.filter((at) => at >= (opened ?? 0) && at <= (closed ?? 0)).length;
    expect(ofAgent?.findings).toHaveLength(1);
    const finding = ofAgent?.findings[0];
    expect(finding).toMatchObject({
      subject: { protocol: 'tcp', 'remote.ip': '127.0.0.1', 'remote.port': port },
      count,
      actors: [{ pid: agent.pid, thread: 'heartbeat' }],
    });
    expect(finding?.text).toContain(`${2 * count} bytes`);
    expectLookedAt(test, proof);
    expect(ofWeb?.verdict, ofWeb?.reason ?? '').toBe('pass');
  });
});

const beats = (port: number, file: string): string => `
import ctypes, signal, socket, threading, time
def run():
    ctypes.CDLL(None).prctl(15, b'heartbeat', 0, 0, 0)
    while True:
        time.sleep(1.3)
        print(time.time() * 1e3, file=open('${file}', 'a'))
        ${beat(port)}
threading.Thread(target=run, daemon=True).start()
signal.pause()
`;
