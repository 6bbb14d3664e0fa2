import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNotifier, type Notifier } from '../../../src/daemon/notify.ts';
import { hasPython, ServiceManager } from '../../support/service-manager.ts';

const LIMITS = { loopWithinMs: 5_000, storeWithinMs: 20_000 };
let folder: string;
let manager: ServiceManager | null = null;
let notifier: Notifier | null = null;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'idleproof-notify-'))));
afterEach(async () => {
  notifier?.close();
  notifier = null;
  await stopManager();
  rmSync(folder, { recursive: true, force: true });
});

async function stopManager(): Promise<void> {
  await manager?.stop();
  manager = null;
}

async function startManager(address: string): Promise<void> {
  manager = await ServiceManager.listen(address);
}

/** The next datagram; a tick of the loop goes before it. */
async function next(): Promise<unknown> {
  notifier?.alive('loop', 0);
  return told();
}

const told = async (): Promise<unknown> => manager?.told();
const env = (address: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  NOTIFY_SOCKET: address,
  WATCHDOG_USEC: '4000000',
  ...more,
});

describe.skipIf(!hasPython)('telling the service manager', () => {
  it.each([
    ['a path', () => join(folder, 'notify')],
    ['an abstract name', () => `@idleproof-${process.pid}-${folder}`],
  ])('sends from this very process to %s', async (_, addressOf) => {
    await startManager(addressOf());
    notifier = createNotifier(LIMITS, env(addressOf()));
    notifier.ready('2 windows\nREADY=0');
    notifier.status('watching');
    notifier.reloading();
    notifier.stopping('closing 2 windows');
    expect(await told()).toEqual([process.pid, `READY=1\nSTATUS=2 windows\\x0aREADY=0`]);
    expect(await told()).toEqual([process.pid, 'STATUS=watching']);
    const [, reloading] = (await told()) as [number, string];
    expect(reloading).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    const usec = Number(reloading.split('=').at(-1));
    expect(Math.abs(usec - Number(process.hrtime.bigint() / 1000n))).toBeLessThan(60e6);
    expect(await told()).toEqual([process.pid, 'STOPPING=1\nSTATUS=closing 2 windows']);
    expect(notifier.problem).toBeNull();
  });

  it('keeps the watchdog quiet at half of its interval, for as long as loop and store live', async () => {
    const address = join(folder, 'notify');
    await startManager(address);
    notifier = createNotifier(LIMITS, env(address));
    expect(notifier.watchdogMs).toBe(4_000);
    notifier.alive('store', 0);
    notifier.status('before the first tick');
    expect(await told()).toEqual([process.pid, 'STATUS=before the first tick']);
    for (let nowMs = 0; nowMs <= 40_000; nowMs += 500) {
      notifier.alive('loop', nowMs);
      const isDue = nowMs % 2_000 === 0 && nowMs <= 20_000;
      if (isDue) expect(await told()).toEqual([process.pid, 'WATCHDOG=1']);
    }
    notifier.status('the store has not committed for 40 s');
    expect(await told()).toEqual([process.pid, 'STATUS=the store has not committed for 40 s']);
    notifier.alive('store', 40_100);
    expect(await told()).toEqual([process.pid, 'WATCHDOG=1']);
  });

  it('shows what is wrong in place of all else, until it is over', async () => {
    const address = join(folder, 'notify');
    await startManager(address);
    notifier = createNotifier(LIMITS, env(address));
    notifier.ready('watching');
    notifier.trouble('the disk is full');
    notifier.status('a window has passed');
    notifier.trouble(null);
    expect(await told()).toEqual([process.pid, 'READY=1\nSTATUS=watching']);
    expect(await told()).toEqual([process.pid, 'STATUS=the disk is full']);
    expect(await told()).toEqual([process.pid, 'STATUS=the disk is full']);
    expect(await told()).toEqual([process.pid, 'STATUS=a window has passed']);
  });

  it('says that nobody listens any more, and goes on when somebody does', async () => {
    const address = join(folder, 'notify');
    await startManager(address);
    notifier = createNotifier(LIMITS, env(address));
    await stopManager();
    notifier.ready('');
    expect(notifier.problem).toMatch(/could not be told: sendto: ECONNREFUSED/);
    rmSync(address);
    await startManager(address);
    notifier.alive('loop', 0);
    expect(await told()).toEqual([process.pid, 'READY=1\nSTATUS=']);
    expect(await told()).toEqual([process.pid, 'WATCHDOG=1']);
    expect(notifier.problem).toBeNull();
  });

  it('tells again that it is ready when the queue of the service manager was full', async () => {
    const address = join(folder, 'notify');
    await startManager(address);
    notifier = createNotifier(LIMITS, { NOTIFY_SOCKET: address });
    await manager?.freeze();
    for (let count = 0; count < 10_000 && notifier.problem === null; count += 1) notifier.status('.');
    expect(notifier.problem).toMatch(/EAGAIN/);
    notifier.reloading();
    notifier.ready('at last');
    manager?.resume();
    for (let said: unknown = ''; !String(said).includes('READY=1'); said = await next()) {
      expect(String(said)).not.toContain('RELOADING');
    }
    expect(notifier.problem).toBeNull();
  });
});

describe('what the service manager gave', () => {
  it('is taken out of the environment, so that no child speaks in our name', () => {
    const given = env('@nobody', { WATCHDOG_PID: String(process.pid), PATH: '/bin' });
    notifier = createNotifier(LIMITS, given);
    expect(given).toEqual({ PATH: '/bin' });
  });

  it('is nothing: nothing is sent and nothing is wrong', () => {
    notifier = createNotifier(LIMITS, {});
    notifier.ready('');
    notifier.alive('loop', 0);
    expect(notifier).toMatchObject({ problem: null, watchdogMs: null });
  });

  it('was for another process: no keepalive is expected from us', () => {
    notifier = createNotifier(LIMITS, env('@nobody', { WATCHDOG_PID: '1' }));
    expect(notifier.watchdogMs).toBeNull();
  });

  it.each(['vsock:2:1234', 'relative/path', `/${'long'.repeat(40)}`])('cannot be used: %s', (address) => {
    notifier = createNotifier(LIMITS, env(address));
    expect(notifier.problem).toMatch(/neither a path|longer than/);
    expect(() => notifier?.ready('')).not.toThrow();
    expect(existsSync(address)).toBe(false);
  });

  it('cannot be used without koffi, and the daemon can say so', () => {
    const built = new URL('../../../dist/daemon/notify.js', import.meta.url).href;
    const program = `const { createNotifier } = await import(${JSON.stringify(built)});
const notifier = createNotifier({ loopWithinMs: 1, storeWithinMs: 1 });
notifier.ready('here');
console.log(notifier.problem);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, NOTIFY_SOCKET: '@nobody', IDLEPROOF_NO_NATIVE: '1' },
    });
    expect(stdout.toString()).toMatch(/koffi could not be loaded/);
  });
});
