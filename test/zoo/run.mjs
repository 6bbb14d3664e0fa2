// Real programs of Debian with known idle behaviour, each watched by `idleproof check` with the trace and with the portable collectors.
// usage: npm run test:zoo -- [--seconds 60] [--at-once 6] [--only redis,nginx (parts of names)] [--install] [--write]
//   --install: what is not installed, by apt-get, as root     --write: into docs/zoo.md
// As root in a network of its own, so that nobody else's traffic is on the wire.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commitNow, writeSection } from '../../bench/page.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    'at-once': { type: 'string', default: '6' },
    only: { type: 'string' },
    install: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
if (options.write && options.only !== undefined) throw new Error('--write is for the whole zoo');
const isRoot = process.geteuid?.() === 0;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
// What is measured is what was there in the beginning.
const commit = commitNow();
const folder = mkdtempSync(join(tmpdir(), 'idleproof-zoo-run-'));
try {
  if (options.install) install();
  process.exitCode = watch();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function watch() {
  const table = join(folder, 'table.md');
  const vitest = [
    process.execPath,
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    here('vitest.config.ts'),
  ];
  const alone = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const [command, ...args] = [...(isRoot ? alone : []), ...vitest];
  const env = {
    ...process.env,
    ZOO_SECONDS: options.seconds,
    ZOO_AT_ONCE: options['at-once'],
    ZOO_TABLE: table,
    ...(options.only === undefined ? {} : { ZOO_ONLY: options.only }),
  };
  const { status } = spawnSync(command, args, { cwd: here('../..'), stdio: 'inherit', env });
  if (options.write && existsSync(table)) {
    const load = `the host's load average was ${loadavg().map(Math.round).join(', ')} (1, 5, 15 min) in the end`;
    const stamp = `Of commit ${commit}, ${options['at-once']} programs at a time; ${load}.`;
    writeSection('zoo', `${readFileSync(table, 'utf8')}\n\n${stamp}`, { file: 'zoo.md' });
  }
  return status ?? 1;
}

/** The services that packages bring are not to be started: the zoo starts its own. */
function install() {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const packages = JSON.parse(readFileSync(here('packages.json'), 'utf8'));
    const asks = ['-y', '-qq', '--no-install-recommends'];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-qq'],
      ['install', ...asks, ...packages],
    ]) {
      const { status } = spawnSync('apt-get', args, { stdio: 'inherit', env });
      if (status !== 0) throw new Error(`apt-get ${args[0]} ended with ${status}`);
    }
  } finally {
    if (isOurs) rmSync(policy);
  }
}
