import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseProcStat } from '../../../../src/core/parse/proc-stat.ts';
import type { ReadyCondition } from '../../../../src/core/parse/ready.ts';
import type { WatchedProcess } from '../../../../src/model/process.ts';
import { loadNative } from '../../../../src/os/native.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import {
  assertRunning,
  type StartedCommand,
  startCommand,
  sweep,
  terminate,
  waitUntilReady,
} from '../../../../src/targets/command/command.ts';
import { type Refreshed, resolveTargets, type TargetSet } from '../../../../src/targets/target-set.ts';
import { freePort } from '../../../support/programs.ts';
import { until } from '../../../support/until.ts';
import { waitForZombie } from '../../../support/zombie.ts';
import { childrenOf, isRunning, SPAWNER, type Stage, setStage, spec } from '../programs.ts';

const NOBODY: ReadonlySet<number> = new Set();
const withoutNative = loadNative() === null;
if (withoutNative) console.log('skipped: koffi cannot be loaded here, so that daemons cannot be adopted');

let stage: Stage;
let commands: StartedCommand[];

beforeEach(() => {
  stage = setStage();
  commands = [];
});
afterEach(async () => {
  for (const command of commands) await terminate(command, 100);
  await sweep([]);
  await stage.clear();
});

async function start(...argv: string[]): Promise<StartedCommand> {
  const command = await startCommand(argv, {
    outputPath: join(stage.folder, 'output.log'),
    cwd: stage.folder,
  });
  commands.push(command);
  return command;
}

const ready = (
  command: StartedCommand,
  condition: ReadyCondition,
  timeoutMs = 20_000,
): ReturnType<typeof waitUntilReady> =>
  waitUntilReady(command, condition, { timeoutMs, signal: new AbortController().signal });

async function startSpawner(mode: string): Promise<StartedCommand> {
  const command = await start(process.execPath, SPAWNER, mode);
  await ready(command, { by: 'log', pattern: '^ready$' });
  return command;
}

function watch(command: StartedCommand): TargetSet {
  const set = resolveTargets([spec('app', { by: 'command', argv: command.argv })], {
    procfs: new Procfs(),
    nowMs: () => Date.now(),
    commands: new Map([['app', command]]),
  });
  look(set);
  return set;
}

const look = (set: TargetSet, moved: ReadonlySet<number> = NOBODY, full = false): Refreshed =>
  set.refresh({ nowMs: Date.now(), previousMs: null, moved, gone: NOBODY, full });

describe('starting', () => {
  it('gives it a session of its own, no input, and a file for its output', async () => {
    const command = await start('sh', '-c', 'cat; echo out; echo err >&2; exec sleep 300');
    await ready(command, { by: 'log', pattern: 'err' });
    expect(readFileSync(command.outputPath, 'utf8')).toBe('out\nerr\n');
    const [root] = watch(command).processes;
    expect(root).toMatchObject({ pid: command.pid, sessionId: command.pid, membership: 'root' });
  });

  it('keeps what signs its proof from it', async () => {
    process.env['IDLEPROOF_KEY'] = 'secret';
    try {
      const command = await start(
        'sh',
        '-c',
        'echo "key: ${IDLEPROOF_KEY-none} ${PATH:+path}"; exec sleep 300',
      );
      await ready(command, { by: 'log', pattern: '^key' });
      expect(readFileSync(command.outputPath, 'utf8')).toBe('key: none path\n');
    } finally {
      delete process.env['IDLEPROOF_KEY'];
    }
  });

  it('says what is wrong with it', async () => {
    await expect(start('no-such-program-here')).rejects.toThrow(/no-such-program-here .*in PATH/u);
    await expect(start('./missing')).rejects.toThrow('there is no program ./missing');
    await expect(start('/etc/passwd')).rejects.toThrow('/etc/passwd may not be run');
    for (const argv of [[], ['']])
      await expect(start(...argv)).rejects.toThrow('The command «» could not be started: it has no name');
    const options = { outputPath: join(stage.folder, 'o'), cwd: join(stage.folder, 'none') };
    await expect(startCommand(['true'], options)).rejects.toThrow('does not exist');
    await expect(startCommand(['true'], { outputPath: '/proc/nowhere/o' })).rejects.toThrow(
      'Cannot write into',
    );
  });

  it('is not ready where it is dead by then, though nobody was told of its end yet', async () => {
    const command = await start('sh', '-c', 'echo up; exit 3');
    // Events wait behind this turn.
    waitForZombie(command.pid);
    expect(command.exited()).toBeNull();
    await expect(ready(command, { by: 'log', pattern: '^up$' })).rejects.toMatchObject({
      code: 'COMMAND_ENDED',
    });
  });
});

describe('waiting until it is ready', () => {
  it('for a port that the command, and not somebody else, listens on (redis-server, real)', async () => {
    const port = await freePort();
    const command = await start('redis-server', '--port', `${port}`, '--bind', '127.0.0.1', '--save', '');
    await ready(command, { by: 'port', port });
    expect(childrenOf(command.pid)).toEqual([]);
    const idle = await start('sleep', '300');
    await expect(ready(idle, { by: 'port', port }, 200)).rejects.toThrow(
      `waiting for port ${port} to be open`,
    );
  });

  it('for an answer of 2xx, leaving no connection behind', async () => {
    let answers = 0;
    const server = createServer((_, response) => {
      answers += 1;
      response.writeHead(answers < 3 ? 503 : 200).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    await ready(await start('sleep', '300'), { by: 'http', url });
    expect(answers).toBe(3);
    server.close();
    await once(server, 'close');
  });

  it('for a file, a line that is not ended, and a time', async () => {
    const command = await start('sh', '-c', 'printf "up at last"; sleep 0.2; touch flag; exec sleep 300');
    await ready(command, { by: 'log', pattern: 'up at l.st' });
    await ready(command, { by: 'file', path: 'flag' });
    expect(existsSync(join(stage.folder, 'flag'))).toBe(true);
    await ready(command, { by: 'duration', durationMs: 60 });
  });

  it('fails when the command ends at once, with its exit code and last lines', async () => {
    const command = await start(
      'sh',
      '-c',
      'for i in 1 2 3 4 5 6; do echo "line $i"; done; printf "\\033[31mred\\n"; exit 3',
    );
    const error = await ready(command, { by: 'duration', durationMs: 10_000 }).catch(
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code: 'COMMAND_ENDED' });
    expect((error as Error).message).toContain('exit code 3');
    expect((error as Error).message).toContain('\\x1b[31mred');
    expect((error as Error).message).not.toContain('line 1');
    expect(() => watch(command)).toThrow('exit code 3');
  });

  it('fails when the command ends well, and leaves nothing', async () => {
    const command = await start('true');
    await expect(ready(command, { by: 'duration', durationMs: 10_000 })).rejects.toThrow('exit code 0');
  });

  it('ends when it is interrupted', async () => {
    const abort = new AbortController();
    const waiting = waitUntilReady(
      await start('sleep', '300'),
      { by: 'file', path: 'never' },
      {
        timeoutMs: 60_000,
        signal: abort.signal,
      },
    );
    abort.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });
});

const sessionOf = (pid: number): number | null => {
  const stat = new Procfs().read(`${pid}/stat`);
  return stat === null ? null : parseProcStat(stat).sessionId;
};

/**
 * Waits until a process has lost its parent to us, and has become what it is: a look before that would find a child of the
 * command's, or the shell that it was.
 */
async function hasCome(isIt: (pid: number) => boolean): Promise<void> {
  const others = new Set([null, sessionOf(process.pid), ...commands.map(({ pid }) => pid)]);
  await until(() => childrenOf(process.pid).some((pid) => isIt(pid) && !others.has(sessionOf(pid))));
}

describe.skipIf(withoutNative)('daemons of a started command', () => {
  it('still runs where it has left a daemon and ended well', async () => {
    const command = await start('sh', '-c', 'sleep 300 & echo up');
    waitForZombie(command.pid);
    await expect(ready(command, { by: 'log', pattern: '^up$' })).resolves.toMatchObject({ notBeforeMs: 0 });
    await expect(assertRunning(command)).resolves.toBeUndefined();
  });

  it('come to the watchdog and are followed', async () => {
    const command = await startSpawner('daemon');
    const set = watch(command);
    process.kill(command.pid, 'SIGUSR2');
    await hasCome((pid) => new Procfs().read(`${pid}/cmdline`) === ['sleep', '302', ''].join('\0'));
    await until(() => {
      look(set, new Set([1]));
      return set.processes.some(
        ({ cmdline, membership }) => cmdline === 'sleep 302' && membership === 'adopted',
      );
    });
    const daemon = set.processes.find(({ membership }) => membership === 'adopted');
    expect(daemon).toMatchObject({ target: 'app', parentPid: process.pid });
    expect(set.reports()[0]?.notes).toEqual([]);
    process.kill(daemon?.pid ?? 0, 'SIGTERM');
    await until(() => look(set, new Set([daemon?.id ?? 0])).ended.length > 0);
    expect(isRunning(daemon?.pid ?? 0)).toBe(false);
    expect(existsSync(`/proc/${daemon?.pid}`)).toBe(false);
  });

  it('are seen even when they have ended before the next look, and with their exit code', async () => {
    const command = await startSpawner('ghost');
    const set = watch(command);
    process.kill(command.pid, 'SIGUSR2');
    await hasCome((pid) => !isRunning(pid));
    const ended: Refreshed['ended'] = [];
    await until(() => {
      ended.push(...look(set, new Set([1])).ended);
      return ended.some(({ exitCode }) => exitCode === 7);
    });
    const ghost = ended.find(({ exitCode }) => exitCode === 7);
    expect(set.everSeen).toContain(ghost?.process);
    expect(set.processes).not.toContain(ghost?.process);
  });

  it('are the target when the command itself has ended well', async () => {
    const command = await start('sh', '-c', 'sleep 303 & sleep 304 & echo started');
    await ready(command, { by: 'log', pattern: 'started' });
    await command.exit;
    const set = watch(command);
    const seen = (): string[] =>
      set.processes.map(({ cmdline, membership }) => `${membership} ${cmdline}`).sort();
    // The shell may end before its children have executed what they are for, and who is about to has no arguments.
    const wanted = ['root sleep 303', 'root sleep 304'];
    await until(() => {
      look(set, new Set(set.processes.map(({ id }) => id)));
      return wanted.every((one) => seen().includes(one));
    });
    expect(seen()).toEqual(wanted);
  });
});

describe('stopping', () => {
  it('asks the main process alone; what outlives it is found, and then swept', async () => {
    const command = await start(
      'sh',
      '-c',
      'sleep 305 & trap "exit 0" TERM; echo ready; while :; do wait; done',
    );
    await ready(command, { by: 'log', pattern: 'ready' });
    const set = watch(command);
    const sleeper = (): WatchedProcess | undefined =>
      set.processes.find(({ cmdline }) => cmdline === 'sleep 305');
    // The shell may be ready before its child has executed what it is for.
    await until(() => {
      look(set, new Set(set.processes.map(({ id }) => id)));
      return sleeper() !== undefined;
    });
    const left = sleeper();
    expect(await terminate(command, 10_000)).toEqual({ killed: false });
    const { ended, disturbances } = look(set, new Set([1]));
    expect(ended).toMatchObject([{ process: { pid: command.pid }, exitCode: 0 }]);
    expect(disturbances).toEqual([]);
    expect(set.processes).toEqual([left]);
    await sweep(set.processes);
    expect(isRunning(left?.pid ?? 0)).toBe(false);
    expect(existsSync(`/proc/${left?.pid}`)).toBe(withoutNative && existsSync(`/proc/${left?.pid}`));
  });

  it('kills what does not listen', async () => {
    const command = await start('sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done');
    await ready(command, { by: 'log', pattern: 'ready' });
    expect(await terminate(command, 300)).toEqual({ killed: true });
    expect(command.exited()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await terminate(command, 300)).toEqual({ killed: false });
  });

  it('sweeps daemons that ignore SIGTERM, and their children', async () => {
    const command = await start(
      'sh',
      '-c',
      'setsid sh -c \'trap "" TERM; sleep 306 & echo up; while :; do sleep 0.1; done\' & wait',
    );
    await ready(command, { by: 'log', pattern: 'up' });
    const set = watch(command);
    expect(set.processes.length).toBeGreaterThanOrEqual(3);
    await terminate(command, 5_000);
    await sweep(set.processes);
    for (const { pid } of set.everSeen) expect(isRunning(pid)).toBe(false);
  });

  it('a main process that ends by itself leaves the target absent, with its exit code', async () => {
    const end = join(stage.folder, 'end');
    execFileSync('mkfifo', [end]);
    const command = await start('sh', '-c', 'echo ready; read -r _ < end; exit 9');
    await ready(command, { by: 'log', pattern: 'ready' });
    const set = watch(command);
    writeFileSync(end, '\n');
    await command.exit;
    const { ended, disturbances } = look(set, new Set([1]), true);
    expect(ended.find(({ process: { id } }) => id === 1)?.exitCode).toBe(9);
    expect(disturbances).toMatchObject([{ target: 'app', kind: 'absent' }]);
  });
});
