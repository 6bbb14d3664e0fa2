import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandKeys } from '../../../src/daemon/command-keys.ts';
import { Commands } from '../../../src/daemon/commands.ts';
import type { TargetSpec } from '../../../src/model/target.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { until } from '../../support/until.ts';

let folder: string;
let commands: Commands;
let problems: Map<string, string | null>;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-commands-'));
  problems = new Map();
  const quiet = quietLog();
  said = quiet.said;
  commands = new Commands({
    folder,
    log: quiet.log,
    onEnded: () => {},
    onProblem: (target, problem) => problems.set(target, problem),
  });
});
afterEach(async () => {
  await commands.stop();
  rmSync(folder, { recursive: true, force: true });
});

const target = (name: string, ...argv: string[]): TargetSpec => ({
  name,
  select: { by: 'command', argv },
  tree: true,
  events: null,
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('commands that are targets', () => {
  it('are no problem any more when nobody wants them', async () => {
    await expect(commands.use([target('app', '/no/such/program')])).rejects.toThrow();
    expect(problems.get('app')).toMatch(/no\/such/);
    await commands.use([]);
    expect(problems.get('app')).toBeNull();
  });

  it('are stopped also where their numbers could not be kept', async () => {
    const note = vi.spyOn(CommandKeys.prototype, 'note').mockImplementation(() => {
      throw new Error('no space left on device');
    });
    await commands.use([target('app', 'sleep', '1000')]).finally(() => note.mockRestore());
    const pid = commands.started.get('app')!.pid;
    expect(said).toContain('warn the process number of a command could not be kept');
    expect(isAlive(pid)).toBe(true);
    await commands.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('are asked to end together: nobody waits for one that does not', async () => {
    const deaf = join(folder, 'deaf');
    const stubborn = ['sh', '-c', `trap "" TERM; touch '${deaf}'; while :; do sleep 1; done`];
    await commands.use([target('stubborn', ...stubborn), target('app', 'sleep', '1000')]);
    await until(() => existsSync(deaf));
    const pidOf = (name: string): number => commands.started.get(name)!.pid;
    const [one, other] = [pidOf('stubborn'), pidOf('app')];
    const stopped = commands.stop();
    await until(() => !isAlive(other));
    expect(isAlive(one)).toBe(true);
    await stopped;
    expect(isAlive(one)).toBe(false);
  });
});
