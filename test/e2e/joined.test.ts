import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCgroupMounts } from '../../src/core/parse/mountinfo.ts';
import { check } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { checkWhile } from '../support/phases.ts';
import { hasPython } from '../support/service-manager.ts';
import { hasProgram, isRoot } from '../support/programs.ts';

const mount = parseCgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8')).find(
  ({ version }) => version === 2,
);
const isAllowed = isRoot('a control group or a namespace of processes') && hasProgram('bash');
const hasCgroup = isAllowed && mount !== undefined;
const hasNamespaces = isAllowed && hasProgram('unshare') && hasProgram('nsenter');
if (isAllowed && mount === undefined) console.log('skipped: cgroup v2 is not mounted');

let folder: string;
let server: Server;
let port: number;
const children: ChildProcess[] = [];
const cgroups: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-joined-'));
  writeFileSync(join(folder, 'calls.yaml'), RULES);
  server = createServer((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const cgroup of cgroups) await untilRemoved(cgroup);
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function untilRemoved(cgroup: string): Promise<void> {
  for (const pid of readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
    process.kill(Number(pid), 'SIGKILL');
  for (;;) {
    try {
      rmdirSync(cgroup);
      return;
    } catch {
      await sleep(50);
    }
  }
}

async function start(command: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child;
}

/** A control group of its own with a process in it, as `--cgroup` names it. */
async function ownCgroup(name: string, program = ['sleep', '300']): Promise<{ path: string; procs: string }> {
  const path = `/idleproof-${name}-${process.pid}`;
  const cgroup = join(mount?.mountPoint ?? '', path);
  mkdirSync(cgroup);
  cgroups.push(cgroup);
  const [command = '', ...argv] = program;
  const app = await start(command, argv);
  const procs = join(cgroup, 'cgroup.procs');
  writeFileSync(procs, `${app.pid}`);
  return { path, procs };
}

/** clone3(2), 435, with CLONE_INTO_CGROUP: no move is told of, as when a service manager starts a program. */
const CREATE = `
import ctypes, os, struct, sys
group = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)
given = ctypes.create_string_buffer(struct.pack('11Q', 0x200000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, group))
pid = ctypes.CDLL(None).syscall(435, given, 88)
if pid == 0:
    os.execv('/bin/bash', ['bash', '-c', sys.argv[2]])
sys.exit(0 if pid > 0 and os.waitpid(pid, 0)[1] == 0 else 1)
`;

const RULES = `pack: calls
rules:
  - { id: calls, kind: absence, activity: network, match: { direction: outbound } }
`;

const args = (selector: readonly string[], name: string): string[] => [
  ...selector,
  '--for',
  '12s',
  '--settle',
  '1s',
  '--rules',
  join(folder, 'calls.yaml'),
  '--out',
  join(folder, name),
];

const connect = (): string => `exec 3<>/dev/tcp/127.0.0.1/${port}; echo hello >&3`;

describe.skipIf(!hasCgroup)('others put processes into a control group that sleeps', () => {
  it.concurrent('nobody does: it passes', async (test) => {
    const { path } = await ownCgroup('alone');
    const { proof, code } = await check(args(['--cgroup', path], 'alone'));
    expectLookedAt(test, proof);
    expect([code, proof.verdict], proof.headline).toEqual([0, 'pass']);
  });

  it.concurrent('one comes, calls and goes between two looks', async () => {
    const { path, procs } = await ownCgroup('visited');
    const { proof, code } = await checkWhile(args(['--cgroup', path], 'visited'), async ({ reached }) => {
      await reached('watching', 2);
      const visitor = spawnSync('bash', ['-c', `echo $$ > ${procs}; ${connect()}`]);
      expect(visitor.status, visitor.stderr.toString()).toBe(0);
    });
    expect([code, proof.verdict], proof.headline).toEqual([2, 'inconclusive']);
    expect(proof.headline).toContain('was joined: others ran in its control group');
  });

  it.concurrent('one comes, calls and goes while the target runs', async () => {
    const waking = [process.execPath, '-e', 'setInterval(() => {}, 100)'];
    const { path, procs } = await ownCgroup('awake', waking);
    const { proof, code } = await checkWhile(args(['--cgroup', path], 'awake'), async ({ reached }) => {
      await reached('watching', 2);
      spawnSync('bash', ['-c', `echo $$ > ${procs}; ${connect()}`]);
    });
    expect([code, proof.verdict], proof.headline).toEqual([2, 'inconclusive']);
    expect(proof.headline).toContain('was joined: bash (pid');
  });

  // Whoever is created in a group that the kernel does not name may have been in any: not beside the others.
  it.skipIf(!hasPython)('one is created in it, calls and goes while the target runs', async () => {
    const waking = [process.execPath, '-e', 'setInterval(() => {}, 100)'];
    const { path, procs } = await ownCgroup('created', waking);
    const { proof, code } = await checkWhile(args(['--cgroup', path], 'created'), async ({ reached }) => {
      await reached('watching', 2);
      const { status, stderr } = spawnSync('python3', ['-c', CREATE, dirname(procs), connect()]);
      expect(status, stderr.toString()).toBe(0);
    });
    expect([code, proof.verdict], proof.headline).toEqual([2, 'inconclusive']);
    expect(proof.headline).toContain('was created in a control group');
  });

  it.concurrent('an older process calls and is moved into it: what it did before is not known', async () => {
    const { path, procs } = await ownCgroup('moved');
    const fifo = join(folder, 'end');
    spawnSync('mkfifo', [fifo]);
    const older = await start('bash', ['-c', `${connect()}; exec 3>&-; read -r _ < ${fifo}`]);
    const { proof, code } = await checkWhile(args(['--cgroup', path], 'moved'), async ({ reached }) => {
      await reached('watching', 4);
      writeFileSync(procs, `${older.pid}`);
    });
    expect([code, proof.verdict], proof.headline).toEqual([2, 'inconclusive']);
    expect(proof.headline).toContain(`was joined: bash (pid ${older.pid}) may have belonged to it for`);
    expect(proof.targets[0]?.processes.map(({ pid }) => pid)).toContain(older.pid);
  });
});

it.skipIf(!hasNamespaces)(
  'the first process of a namespace sleeps and inherits what others left behind there: it is followed',
  async () => {
    const outer = await start('unshare', ['--pid', '--fork', '--kill-child', 'sleep', '300']);
    const app = await childOf(outer.pid ?? 0, 'sleep');
    const fifo = join(folder, 'go');
    spawnSync('mkfifo', [fifo]);
    const daemon = `read -r _ < ${fifo}; ${connect()}; sleep 300`;
    const { proof, code } = await checkWhile(
      args(['--pid', String(app)], 'inherited'),
      async ({ reached }) => {
        await reached('watching', 2);
        const inside = ['-t', String(app), '-p', '--', 'bash', '-c', `setsid bash -c '${daemon}' & exit 0`];
        expect(spawnSync('nsenter', inside, { stdio: 'ignore' }).status).toBe(0);
        await reached('watching', 6);
        writeFileSync(fifo, '\n');
      },
    );
    expect(proof.verdict, proof.headline).toBe('fail');
    expect(code).toBe(1);
    expect(proof.targets[0]?.processes.length).toBeGreaterThan(1);
  },
);

/** The child of a process, when it runs that program. */
async function childOf(parent: number, program: string): Promise<number> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    const { stdout } = spawnSync('pgrep', ['-P', String(parent), '-x', program]);
    const pid = Number(stdout.toString());
    if (pid > 0 && existsSync(`/proc/${pid}`)) return pid;
    await sleep(50);
  }
  throw new Error(`${parent} has no child ${program}`);
}
