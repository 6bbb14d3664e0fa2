// The installed daemon on the programs of a soak, and what it takes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Shorter than any window, and longer than a row of a user excuses what follows it. */
const QUIET_FOR_S = 35;
const SECONDS_A_TICK = 1 / 100;

export async function startDaemon(folder, installed, { pids, database, windowMs }) {
  const targets = Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [
      name,
      { select: { pid }, ...(name === 'demo' ? { events: { sqlite: database } } : {}) },
    ]),
  );
  const reports = join(folder, 'reports');
  const state = join(folder, 'state');
  const config = join(folder, 'idleproof.yaml');
  const maxDuration = `${Math.round(windowMs / 1000)}s`;
  const quiet = { id: 'idle', trigger: 'user-quiet', quietFor: `${QUIET_FOR_S}s`, settle: '5s', maxDuration };
  const document = {
    targets,
    user: [{ activity: 'event', match: { type: 'user_message' } }],
    windows: [quiet],
    rules: ['no-background-agents'],
    reports: { dir: reports, formats: ['json'] },
  };
  writeFileSync(config, JSON.stringify(document));
  mkdirSync(reports);
  const said = openSync(join(folder, 'daemon.log'), 'w');
  const command = [join(installed, 'dist/cli/main.js'), 'watch', '--config', config, '--state', state];
  // In a session of its own: Ctrl-C is for us, and a second signal would end it at once.
  const child = spawn(process.execPath, command, {
    cwd: folder,
    stdio: ['ignore', said, said],
    detached: true,
  });
  const hasEnded = () => (child.exitCode ?? child.signalCode) !== null;
  const what = () => readFileSync(join(folder, 'daemon.log'), 'utf8');
  while (!what().includes('"watching"')) {
    if (hasEnded()) throw new Error(`the daemon ended: ${what()}`);
    await sleep(200);
  }
  return {
    reports,
    hasEnded,
    what,
    /** What the evidence takes, its write-ahead log apart: that is folded in every few megabytes, and when it ends. */
    storeBytes: () => statSync(join(state, 'evidence.db')).size,
    /** What it takes now; CPU time since its start. */
    costs: () => ({
      rssBytes: 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]),
      cpuSeconds: cpuSeconds(child.pid),
      proofs: readdirSync(reports, { withFileTypes: true }).filter((entry) => entry.isDirectory()).length,
    }),
    stop: async () => {
      if (hasEnded()) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
  };
}

function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * SECONDS_A_TICK;
}
