import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { IdleproofError } from '../errors.ts';
import type { ServiceScope } from './plan.ts';

export const UNIT = 'idleproof.service';
/** Starting waits until the daemon is ready, stopping until its proofs are written. */
const TIMEOUT_MS = 180_000;
const MAX_SAID_CHARACTERS = 2_000;

/** What `systemctl show` tells of the unit. */
export interface UnitState {
  activeState: string;
  subState: string;
  enabled: string;
  mainPid: number | null;
  restarts: number;
  /** How the last run ended: success, exit-code, signal, watchdog, … */
  result: string;
  /** What the daemon said of itself. */
  statusText: string;
}

/** Runs systemctl; returns what it printed. Its complaint becomes an error of the user's. */
export function systemctl(scope: ServiceScope, ...args: string[]): string {
  if (!existsSync('/run/systemd/system')) {
    throw new IdleproofError('SERVICE_MANAGER_MISSING');
  }
  const argv = [...(scope === 'user' ? ['--user'] : []), '--no-pager', ...args];
  const { status, stdout, stderr, ...run } = spawnSync('systemctl', argv, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const error: NodeJS.ErrnoException | undefined = run.error;
  if (error?.code === 'ENOENT') {
    throw new IdleproofError('SERVICE_MANAGER_MISSING');
  }
  if (error !== undefined || status !== 0) {
    const problem = (error?.message ?? stderr.trim()).slice(0, MAX_SAID_CHARACTERS);
    throw new IdleproofError('SERVICE_MANAGER_REFUSED', {
      command: `systemctl ${argv.join(' ')}`,
      problem: problem === '' ? `exit code ${status}` : problem,
      journal: `journalctl ${scope === 'user' ? '--user ' : ''}-u ${UNIT}`,
    });
  }
  return stdout;
}

/** What systemd says of the unit; see Properties in systemctl(1). */
export function unitState(scope: ServiceScope): UnitState {
  const names = 'ActiveState,SubState,UnitFileState,MainPID,NRestarts,Result,StatusText';
  const lines = systemctl(scope, 'show', UNIT, `--property=${names}`).split('\n');
  const values = new Map(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const pid = Number(values.get('MainPID') ?? 0);
  return {
    activeState: values.get('ActiveState') ?? 'unknown',
    subState: values.get('SubState') ?? 'unknown',
    enabled: values.get('UnitFileState') ?? 'unknown',
    mainPid: pid === 0 ? null : pid,
    restarts: Number(values.get('NRestarts') ?? 0),
    result: values.get('Result') ?? 'unknown',
    statusText: values.get('StatusText') ?? '',
  };
}
