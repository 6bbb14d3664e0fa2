import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvidence } from '../../src/evidence/read.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Proof } from '../../src/model/proof.ts';
import { checkWhile } from '../support/phases.ts';
import { hasTrace } from '../support/tracing.ts';
import { until } from '../support/until.ts';

const RUNNABLE = hasTrace();
/** USER_HZ of Linux: a hundred a second. */
const TICK_MS = 10;
const INSTANCES = '/sys/kernel/tracing/instances';
let folder: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-elsewhere-'));
});
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(file: string, ...args: string[]): ChildProcess {
  const child = spawn(file, args, { stdio: 'ignore' });
  children.push(child);
  return child;
}

/** A copy of a program that nobody else on this machine runs. */
function copyOf(program: string, name: string): string {
  const path = join(folder, name);
  copyFileSync(program, path);
  chmodSync(path, 0o755);
  return path;
}

interface Watched {
  proof: Proof;
  code: number | null;
  evidence: Evidence;
  /** Traces that the watchdog left behind. */
  instances: string[];
}

/** A check of 10 s, and what is done in the midst of it. */
async function watch(
  selector: readonly string[],
  meanwhile: () => Promise<void>,
  ...more: string[]
): Promise<Watched> {
  const out = mkdtempSync(join(folder, 'out-'));
  const args = [...selector, '--for', '10s', '--settle', '1s', '--out', out, ...more];
  const { proof, code, pid } = await checkWhile(args, meanwhile);
  const [run = ''] = readdirSync(out);
  const { evidence } = readEvidence(join(out, run, 'evidence.db'));
  const instances = readdirSync(INSTANCES).filter((name) => name.startsWith(`idleproof-${pid}-`));
  return { proof, code, evidence, instances };
}

describe.skipIf(!RUNNABLE)('programs that start outside of the tree', () => {
  it.concurrent('a second instance that lives for 0.1 s is named, another program is not', async () => {
    const program = copyOf('/bin/sleep', 'idleproof-quiet');
    const other = copyOf('/bin/sleep', 'idleproof-other');
    const target = start(program, '300');
    const pids: (number | undefined)[] = [];
    const selector = ['--pid', String(target.pid)];
    const { proof, code, instances } = await watch(
      selector,
      async () => {
        for (const one of [program, other]) {
          const child = start(one, '0.1');
          pids.push(child.pid);
          await once(child, 'exit');
        }
      },
      '--strict',
    );
    expect(code).toBe(2);
    expect(proof.headline).toContain(
      `idleproof-quiet (pid ${pids[0]}, the target's program was started outside`,
    );
    expect(proof.headline).not.toContain('idleproof-other');
    expect(instances).toEqual([]);
  });

  it.concurrent('a supervisor’s restart is seen starting, and is no stranger', async () => {
    const script = join(folder, 'idleproof-restarted.py');
    const pidfile = join(folder, 'restarted.pid');
    const loop = join(folder, 'loop.sh');
    writeFileSync(
      script,
      `import os, time
with open('${pidfile}.new', 'w') as file: file.write(f'{os.getpid()} {time.clock_gettime(time.CLOCK_BOOTTIME)}')
os.rename('${pidfile}.new', '${pidfile}')
time.sleep(300)
`,
    );
    writeFileSync(
      loop,
      `trap 'kill $!; exit' TERM
cd ${folder}
while :; do python3 idleproof-restarted.py & wait $!; done
`,
    );
    const supervisor = start('sh', loop);
    const running = (): number[] =>
      existsSync(pidfile) ? readFileSync(pidfile, 'utf8').split(' ').map(Number) : [0, 0];
    await until(() => running()[0] !== 0);
    const [first = 0] = running();
    let killedMs = 0;
    const { proof, evidence, instances } = await watch(['--cmdline', 'idleproof-restarted[.]py'], () => {
      killedMs = uptime() * 1e3;
      process.kill(first, 'SIGKILL');
      return Promise.resolve();
    });
    await until(() => running()[0] !== first);
    const [second = 0, seconds = 0] = running();
    const ended = once(supervisor, 'exit');
    supervisor.kill('SIGTERM');
    await ended;
    const restarted = evidence.processes.find(({ pid }) => pid === second);
    const begin = evidence.activities.find(
      (one) => one.kind === 'process' && one.op === 'spawn' && one.processId === restarted?.id,
    );
    // Its start is known to 10 ms, on the clock that counts since the host was started.
    const startedMs = (restarted?.startTicks ?? 0) * TICK_MS;
    expect(startedMs).toBeGreaterThan(killedMs - TICK_MS);
    expect(startedMs).toBeLessThan(seconds * 1e3);
    expect(begin?.atMs).toBe(restarted?.startedAtMs);
    const gap = evidence.gaps.find(({ reason }) => reason.includes(`python3 (pid ${second}) ran for`));
    const [, ranFor] = /ran for ([0-9.]+) s before it was followed/u.exec(gap?.reason ?? '') ?? [];
    const wroteMs = (begin?.atMs ?? 0) + seconds * 1e3 - startedMs;
    expect((gap?.toMs ?? 0) - Number(ranFor) * 1e3).toBeLessThan(wroteMs + 50);
    expect(proof.headline).not.toContain(`pid ${second}, the target's program`);
    expect(instances).toEqual([]);
  });
});
