import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGE = join(HERE, '../..');
const SUITE = 'bookworm';
const PACKAGES = 'systemd,systemd-sysv,dbus,procps,libpam-systemd,iproute2';
const CONTROLLERS = ['cpu', 'cpuacct', 'memory', 'pids', 'systemd', 'unified'];

/** Folder in which the root of the container is kept between runs: 260 MB, made in 40 s. */
const CACHE = process.env['IDLEPROOF_TEST_CACHE'] ?? join(tmpdir(), 'idleproof-test-cache');

/** Why no container can be made here; null: it can. */
export function whyNoContainer(): string | null {
  if (process.platform !== 'linux') return 'systemd is of Linux';
  if (process.geteuid?.() !== 0) return 'making a container needs root';
  const missing = ['unshare', 'nsenter', 'setpriv', 'pivot_root', 'ip'].filter((tool) => !isThere(tool));
  if (!existsSync(rootFolder()) && !isThere('debootstrap')) missing.push('debootstrap');
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  for (const hierarchy of ['systemd', 'unified']) {
    if (!existsSync(`/sys/fs/cgroup/${hierarchy}/cgroup.procs`)) {
      return `the control groups are not mounted as they are tried here (/sys/fs/cgroup/${hierarchy})`;
    }
  }
  const { status, stderr } = spawnSync('unshare', [
    '--pid',
    '--mount',
    '--fork',
    'mount',
    '-t',
    'tmpfs',
    'tmpfs',
    '/mnt',
  ]);
  return status === 0 ? null : `mounting is not permitted: ${stderr.toString().trim()}`;
}

const isThere = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
const rootFolder = (): string => join(CACHE, SUITE);

/** The root file system, made once. Null where it could not be made, which is printed. */
function madeRoot(): string | null {
  const root = rootFolder();
  if (existsSync(root)) return root;
  mkdirSync(CACHE, { recursive: true });
  const making = mkdtempSync(join(CACHE, 'making-'));
  const args = ['--variant=minbase', `--include=${PACKAGES}`, SUITE, making];
  const { status, stdout } = spawnSync('debootstrap', args, { encoding: 'utf8', timeout: 280_000 });
  if (status === 0) {
    renameSync(making, root);
    return root;
  }
  console.log(`skipped: debootstrap failed: ${stdout.trim().split('\n').at(-1)}`);
  rmSync(making, { recursive: true, force: true });
  return null;
}

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A systemd with idleproof in /opt/idleproof, in namespaces of its own. */
export class Container {
  readonly #launcher: ChildProcess;
  readonly #work: string;
  readonly #kind: 'system' | 'user';
  readonly #leader: number;

  private constructor(launcher: ChildProcess, work: string, kind: 'system' | 'user', leader: number) {
    this.#launcher = launcher;
    this.#work = work;
    this.#kind = kind;
    this.#leader = leader;
  }

  /** `files`: path in the container → content. Null where no root could be made. */
  static async boot(
    kind: 'system' | 'user',
    files: Readonly<Record<string, string>>,
  ): Promise<Container | null> {
    const root = madeRoot();
    if (root === null) return null;
    const work = mkdtempSync(join(tmpdir(), 'idleproof-systemd-'));
    for (const [path, content] of Object.entries(files)) {
      const outside = join(work, 'upper', path);
      mkdirSync(dirname(outside), { recursive: true });
      writeFileSync(outside, content);
    }
    const node = execFileSync('sh', ['-c', 'readlink -f "$1"', 'sh', process.execPath], {
      encoding: 'utf8',
    }).trim();
    const launcher = spawn('sh', [join(HERE, 'container.sh'), root, work, PACKAGE, node, kind], {
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    });
    for (let attempt = 0; attempt < 300; attempt += 1) {
      await sleep(100);
      if (launcher.exitCode !== null) throw new Error(`the container ended with ${launcher.exitCode}`);
      const leader = childOf(launcher.pid ?? 0);
      if (leader === null || !readFileSync(`/proc/${leader}/comm`, 'utf8').startsWith('systemd')) continue;
      const container = new Container(launcher, work, kind, leader);
      const { stdout } = container.systemctl('is-system-running');
      if (['running', 'degraded'].includes(stdout.trim())) return container;
    }
    await new Container(launcher, work, kind, childOf(launcher.pid ?? 0) ?? 0).stop();
    throw new Error('systemd did not come up within 30 s');
  }

  /** Runs a program in the container, outside of every unit, as a root shell would. */
  run(...argv: string[]): Ran {
    const namespaces = ['-m', '-u', '-i', '-n', '-C', ...(this.#kind === 'system' ? ['-p'] : [])];
    const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';
    const values = Object.entries({ container: 'unshare', HOME: '/root', XDG_RUNTIME_DIR: '/run/user/0' });
    const inside = ['env', '-i', path, ...values.map(([name, value]) => `${name}=${value}`), ...argv];
    const enter = [
      '-k',
      '5',
      '100',
      'setsid',
      '-w',
      'nsenter',
      '-t',
      String(this.#leader),
      ...namespaces,
      '--',
    ];
    const { status, stdout, stderr } = spawnSync('timeout', [...enter, ...inside], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status, stdout, stderr };
  }

  systemctl(...args: string[]): Ran {
    return this.run('systemctl', ...(this.#kind === 'user' ? ['--user'] : []), '--no-pager', ...args);
  }

  /** `idleproof` in the container. */
  idleproof(...args: string[]): Ran {
    return this.run('/usr/bin/node', '/opt/idleproof/dist/cli/main.js', ...args);
  }

  /** Where a path of the container's own files lies outside of it. */
  outside(path: string): string {
    return join(this.#work, 'upper', path);
  }

  async stop(): Promise<void> {
    if (this.#kind === 'user') this.systemctl('stop', 'idleproof.service');
    const ended = once(this.#launcher, 'exit');
    // unshare --kill-child ends the leader with it, and the leader of a pid namespace everything in there.
    this.#launcher.kill('SIGKILL');
    await ended;
    for (let attempt = 0; attempt < 50 && existsSync(`/proc/${this.#leader}`); attempt += 1) await sleep(100);
    const name = this.#work.slice(this.#work.lastIndexOf('/') + 1);
    for (const controller of CONTROLLERS) removeGroups(`/sys/fs/cgroup/${controller}/${name}`);
    rmSync(this.#work, { recursive: true, force: true });
  }
}

function childOf(pid: number): number | null {
  const first = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0];
  return first === undefined || first === '' ? null : Number(first);
}

function removeGroups(group: string): void {
  if (!existsSync(group)) return;
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroups(join(group, entry.name));
  }
  try {
    rmdirSync(group);
  } catch (error) {
    console.log(`left behind: ${group}: ${(error as Error).message}`);
  }
}
