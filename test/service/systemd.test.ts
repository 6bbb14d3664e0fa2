import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Container, whyNoContainer } from './container.ts';

/** Exposure, times ten, that `systemd-analyze security` may give the unit; docs/service.md has each open point. */
const MAX_EXPOSURE = 25;

const UNIT = 'idleproof.service';
const UNIT_PATH = `/etc/systemd/system/${UNIT}`;
const CONFIG =
  'targets:\n  journal: { select: { name: systemd-journald } }\nwindows: [{ id: by-hand, trigger: manual }]\nreports: { dir: reports }\n';

const reason = whyNoContainer();
if (reason !== null) console.log(`skipped: ${reason}`);

let container: Container | null = null;
beforeAll(async () => {
  if (reason !== null) return;
  container = await Container.boot('system', {
    '/etc/idleproof/idleproof.yaml': CONFIG,
    // The test does not wait for a minute.
    [`${UNIT_PATH}.d/test.conf`]: '[Service]\nWatchdogSec=3s\n',
  });
});
afterAll(() => container?.stop());

const show = (one: Container, property: string): string =>
  one.systemctl('show', UNIT, `--property=${property}`, '--value').stdout.trim();

const journal = (one: Container, ...args: string[]): string =>
  one.run('journalctl', '-u', UNIT, '-o', 'cat', '--no-pager', ...args).stdout;

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (isSo()) return;
    await sleep(150);
  }
  throw new Error(`never: ${what}`);
}

/** Active again, as another process. */
async function restarted(one: Container, oldPid: string): Promise<string> {
  await until('restarted', () => {
    const pid = show(one, 'MainPID');
    return pid !== '0' && pid !== oldPid && show(one, 'ActiveState') === 'active';
  });
  return show(one, 'MainPID');
}

describe.skipIf(reason !== null)('the service under a real systemd', () => {
  it('is installed, becomes ready, and installing again changes nothing', (context) => {
    if (container === null) return context.skip('no root file system');
    const { status, stdout, stderr } = container.idleproof('service', 'install');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/idleproof\.service: written\nenabled and started: active \(running\), pid \d+\n/);
    const pid = show(container, 'MainPID');
    expect(container.idleproof('service', 'install').stdout).toContain(
      `idleproof.service: unchanged\nenabled and started: active (running), pid ${pid}`,
    );
    const told = JSON.parse(container.idleproof('service', 'status', '--json').stdout) as object;
    expect(told).toMatchObject({
      installed: true,
      stateFolder: '/var/lib/idleproof',
      unit: { activeState: 'active', enabled: 'enabled', mainPid: Number(pid), restarts: 0 },
    });
    expect(show(container, 'StatusText')).toBe('watching journal');
    expect(container.run('stat', '-c', '%a %U', '/var/lib/idleproof').stdout.trim()).toBe('700 root');
    expect(container.run('stat', '-c', '%a', '/etc/idleproof/reports').stdout.trim()).toBe('755');
    return undefined;
  });

  it('logs JSON to the journal, with levels', async (context) => {
    if (container === null) return context.skip('no root file system');
    const one = container;
    await until('logged', () => journal(one, '-p', '6').includes('{"level":"info"'));
    for (const line of journal(one)
      .split('\n')
      .filter((text) => text.startsWith('{')))
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    return undefined;
  });

  it('reloads, and is ready again', async (context) => {
    if (container === null) return context.skip('no root file system');
    const one = container;
    const pid = show(one, 'MainPID');
    expect(one.systemctl('reload', UNIT).status).toBe(0);
    await until('ready again', () => show(one, 'ActiveState') === 'active');
    expect(show(one, 'MainPID')).toBe(pid);
    return undefined;
  });

  it('is restarted after SIGKILL, and killed by the watchdog after SIGSTOP', async (context) => {
    if (container === null) return context.skip('no root file system');
    const one = container;
    const first = show(one, 'MainPID');
    // Longer than the watchdog's interval: keepalives do come.
    await sleep(5_000);
    expect(show(one, 'MainPID')).toBe(first);
    one.run('kill', '-KILL', first);
    const second = await restarted(one, first);
    one.run('kill', '-STOP', second);
    const stoppedAtMs = Date.now();
    await restarted(one, second);
    console.log(`killed and restarted ${Date.now() - stoppedAtMs} ms after SIGSTOP`);
    expect(journal(one)).toMatch(/Watchdog timeout/);
    expect(show(one, 'NRestarts')).toBe('2');
    return undefined;
  });

  it('stops cleanly, is not started again, and starts', async (context) => {
    if (container === null) return context.skip('no root file system');
    const one = container;
    expect(one.systemctl('stop', UNIT).status).toBe(0);
    expect(show(one, 'Result')).toBe('success');
    expect(show(one, 'ActiveState')).toBe('inactive');
    expect(show(one, 'ExecMainStatus')).toBe('0');
    await until('logged', () => journal(one).includes('"msg":"stopped"'));
    expect(one.systemctl('start', UNIT).status).toBe(0);
    return undefined;
  });

  it('waits for a disk that is full for longer than a minute, and is not killed for it', async (context) => {
    if (container === null) return context.skip('no root file system');
    const one = container;
    const state = '/var/lib/idleproof';
    const small = 'mount -t tmpfs -o size=1m,mode=700 none';
    expect(one.systemctl('stop', UNIT).status).toBe(0);
    expect(one.run('sh', '-c', `${small} ${state}`).status).toBe(0);
    expect(one.systemctl('start', UNIT).status).toBe(0);
    const pid = show(one, 'MainPID');
    one.run('sh', '-c', `cat /dev/zero > ${state}/filler`);
    // Something to write, until it does not fit.
    await until('refused', () => {
      one.idleproof('window', 'open', 'by-hand', '--state', state);
      one.idleproof('window', 'close', 'by-hand', '--state', state);
      return show(one, 'StatusText').startsWith('evidence waits in memory');
    });
    await sleep(75_000);
    expect(show(one, 'MainPID')).toBe(pid);
    expect(show(one, 'StatusText')).toMatch(/^evidence waits in memory: .*full/);
    one.run('rm', `${state}/filler`);
    await until('written again', () => journal(one).includes('"msg":"evidence is written again"'));
    expect(show(one, 'MainPID')).toBe(pid);
    expect(journal(one)).not.toContain('evidence was lost');
    expect(one.systemctl('stop', UNIT).status).toBe(0);
    expect(one.idleproof('verify', `${state}/evidence.db`)).toMatchObject({ status: 0, stderr: '' });
    expect(one.run('umount', state).status).toBe(0);
    expect(one.systemctl('start', UNIT).status).toBe(0);
    return undefined;
  }, 300_000);

  it('is found clean by systemd-analyze, and exposed no more than it has to be', (context) => {
    if (container === null) return context.skip('no root file system');
    const verified = container.run('systemd-analyze', 'verify', UNIT_PATH);
    expect(verified.stdout + verified.stderr).toBe('');
    const threshold = `--threshold=${MAX_EXPOSURE}`;
    const security = container.run('systemd-analyze', 'security', '--offline=true', threshold, UNIT_PATH);
    console.log(security.stdout.trim().split('\n').at(-1));
    expect(security.status).toBe(0);
    return undefined;
  });

  it('is not replaced where it was edited by hand, unless it is forced to', (context) => {
    if (container === null) return context.skip('no root file system');
    container.run('sh', '-c', `echo '# mine' >> ${UNIT_PATH}`);
    const refused = container.idleproof('service', 'install');
    expect(refused.status).toBe(3);
    expect(refused.stderr).toMatch(/SERVICE_DIFFERS[^]*- # mine/);
    const pid = show(container, 'MainPID');
    expect(container.idleproof('service', 'install', '--force').stdout).toContain('replaced');
    expect(show(container, 'MainPID')).not.toBe(pid);
    return undefined;
  });

  it('refuses a configuration that is wrong before anything is changed', (context) => {
    if (container === null) return context.skip('no root file system');
    container.run('sh', '-c', 'echo "targts: {}" > /etc/idleproof/wrong.yaml');
    const { status, stderr } = container.idleproof(
      'service',
      'install',
      '--config',
      '/etc/idleproof/wrong.yaml',
    );
    expect(status).toBe(3);
    expect(stderr).toContain('CONFIG_INVALID');
    expect(show(container, 'ActiveState')).toBe('active');
    return undefined;
  });

  it('is refused where systemd could not be told', (context) => {
    if (container === null) return context.skip('no root file system');
    const main = ['/usr/bin/node', '/opt/idleproof/dist/cli/main.js'];
    const { status, stderr } = container.run('env', 'IDLEPROOF_NO_NATIVE=1', ...main, 'service', 'install');
    expect({ status, stderr }).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('SERVICE_UNTOLD'),
    });
    return undefined;
  });

  it('is uninstalled, and its evidence stays', (context) => {
    if (container === null) return context.skip('no root file system');
    container.run('touch', '/var/lib/idleproof/evidence.db');
    const { status, stdout } = container.idleproof('service', 'uninstall');
    expect(status).toBe(0);
    expect(stdout).toContain('stopped, disabled and removed');
    expect(stdout).toContain('evidence: kept in /var/lib/idleproof');
    expect(container.run('test', '-e', '/var/lib/idleproof/evidence.db').status).toBe(0);
    expect(container.run('test', '-e', UNIT_PATH).status).toBe(1);
    expect(show(container, 'ActiveState')).toBe('inactive');
    expect(container.idleproof('service', 'uninstall').stdout).toContain('not installed');
    expect(container.idleproof('service', 'status').stdout).toContain('not installed');
    return undefined;
  });
});

describe.skipIf(reason !== null)('the service of an ordinary user', () => {
  const asApp = (one: Container, ...argv: string[]): ReturnType<Container['run']> => {
    const user = ['setpriv', '--reuid=1000', '--regid=1000', '--init-groups'];
    return one.run(...user, 'env', 'HOME=/home/app', 'XDG_RUNTIME_DIR=/run/user/1000', ...argv);
  };
  const idleproof = (one: Container, ...args: string[]): ReturnType<Container['run']> =>
    asApp(one, '/usr/bin/node', '/opt/idleproof/dist/cli/main.js', ...args);

  beforeAll(async () => {
    const one = container;
    if (one === null) return;
    one.run('useradd', '--create-home', '--uid', '1000', 'app');
    const write = (path: string, text: string): unknown =>
      asApp(one, 'sh', '-c', 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1"', 'sh', path, text);
    write('/home/app/.config/idleproof/idleproof.yaml', CONFIG);
    write(`/home/app/.config/systemd/user/${UNIT}.d/test.conf`, `[Service]\n`);
    one.run('loginctl', 'enable-linger', 'app');
    await until(
      'a service manager',
      () => one.run('test', '-S', '/run/user/1000/systemd/private').status === 0,
    );
  });

  it('cannot be that of the machine', (context) => {
    if (container === null) return context.skip('no root file system');
    const { status, stderr } = idleproof(container, 'service', 'install');
    expect({ status, stderr }).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('SERVICE_NEEDS_ROOT'),
    });
    return undefined;
  });

  it('is installed, runs, says what it cannot see, and is removed', (context) => {
    if (container === null) return context.skip('no root file system');
    const { status, stdout, stderr } = idleproof(container, 'service', 'install', '--user');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('enabled and started: active (running)');
    expect(stdout).toContain('it sees less');
    expect(stdout).toContain('loginctl enable-linger app');
    const told = JSON.parse(idleproof(container, 'service', 'status', '--user', '--json').stdout) as object;
    expect(told).toMatchObject({
      stateFolder: '/home/app/.local/state/idleproof',
      unit: { activeState: 'active', enabled: 'enabled' },
    });
    expect(container.run('stat', '-c', '%a %U', '/home/app/.local/state/idleproof').stdout.trim()).toBe(
      '700 app',
    );
    const verified = asApp(
      container,
      'systemd-analyze',
      'verify',
      '--user',
      `/home/app/.config/systemd/user/${UNIT}`,
    );
    expect(verified.stdout + verified.stderr).toBe('');
    expect(idleproof(container, 'service', 'uninstall', '--user').stdout).toContain(
      'evidence: kept in /home/app/.local/state/idleproof',
    );
    expect(container.run('test', '-d', '/home/app/.local/state/idleproof').status).toBe(0);
    return undefined;
  });
});
