import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTasks } from 'node-cron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planWatch } from '../../../src/cli/watch-plan.ts';
import { type DaemonOptions, runDaemon } from '../../../src/daemon/daemon.ts';
import { watchThisHost } from '../../../src/daemon/watch/watched.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { hasPython, ServiceManager } from '../../support/service-manager.ts';
import { until } from '../../support/until.ts';
import { SteppedClock } from '../../support/watch-rig.ts';

const HOUR = 3_600_000;

let folder: string;
let app: ChildProcess;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-daemon-'));
  app = spawn('sleep', ['1000'], { stdio: 'ignore' });
});
afterEach(() => {
  app.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function options(tick = '1s'): DaemonOptions {
  const config = join(folder, 'idleproof.yaml');
  writeFileSync(join(folder, 'app.pid'), `${app.pid}\n`);
  writeFileSync(
    config,
    `tick: ${tick}
targets: { app: { select: { pidfile: ./app.pid } } }
windows: [{ id: nightly, trigger: schedule, cron: "0 2 * * *", duration: 1h }, { id: hand, trigger: manual, settle: 0s }]
reports: { dir: reports }
`,
  );
  const load = () => planWatch(config, {});
  const { log, said: lines } = quietLog();
  said = lines;
  const statePath = join(folder, 'state');
  return { load, plan: load(), statePath, log, toolVersion: 'test', command: 'test' };
}

/** A clock for each watch, in this order. */
const clocks =
  (...all: SteppedClock[]) =>
  (): SteppedClock =>
    all.shift()!;

class FailingClock extends SteppedClock {
  hasFailed = false;

  override nowMs(): number {
    if (this.hasFailed) throw new Error('a fault');
    return super.nowMs();
  }
}

describe('a daemon', () => {
  it.skipIf(!hasPython)('tells the service manager that it lives after the clock was set back', async () => {
    const address = join(folder, 'notify');
    const manager = await ServiceManager.listen(address);
    const [before, after] = [new SteppedClock(), new SteppedClock()];
    after.offsetMs = -HOUR;
    Object.assign(process.env, { NOTIFY_SOCKET: address, WATCHDOG_USEC: '300000' });
    const stop = new AbortController();
    const watched = { clock: clocks(before, after), open: watchThisHost };
    const over = runDaemon(options('100ms'), stop.signal, watched);
    const hears = async (state: string): Promise<void> => {
      for (;;) if (String(await manager.told()).includes(state)) return;
    };
    await hears('READY=1');
    before.driftMs = -HOUR;
    await hears('READY=1');
    await hears('WATCHDOG=1');
    expect(after.offsetMs).toBeLessThan(-HOUR / 2);
    stop.abort();
    await over;
    await manager.stop();
  });

  it('refuses a tick at which the service manager would take it for dead', async () => {
    Object.assign(process.env, { NOTIFY_SOCKET: join(folder, 'nobody'), WATCHDOG_USEC: '2000000' });
    const { signal } = new AbortController();
    await expect(runDaemon(options('1s'), signal)).rejects.toThrow(
      'A tick of 1 s is too long for a service manager that expects a keep-alive ping every 2 s (WatchdogSec=)',
    );
  });

  it('leaves nothing running behind a fault', async () => {
    const before = getTasks().size;
    const clock = new FailingClock();
    const watched = { clock: clocks(clock), open: watchThisHost };
    const failed = expect(runDaemon(options(), new AbortController().signal, watched)).rejects.toThrow(
      'fault',
    );
    await until(() => getTasks().size !== before);
    clock.hasFailed = true;
    await failed;
    expect(getTasks().size).toBe(before);
    expect(said).toContain('fatal the daemon has failed');
    expect(said.at(-1)).toBe('info stopped');
  });
});
