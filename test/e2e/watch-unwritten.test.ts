import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { ProofSummary } from '../../src/model/proof-summary.ts';
import { openSqlite } from '../../src/os/sqlite.ts';
import { runCli } from '../support/cli.ts';
import { killDaemons, proofsIn, startDaemon, type WatchDaemon } from '../support/watch-daemon.ts';

const folder = mkdtempSync(join(tmpdir(), 'idleproof-unwritten-'));
const state = join(folder, 'state');
const reports = join(state, 'reports');
const config = join(folder, 'idleproof.yaml');
let app: ChildProcess | null = null;

afterAll(() => {
  killDaemons();
  app?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A configuration with one window that is opened by hand, and a rule about rows of a table. */
function configure(pid: number): void {
  const db = openSqlite(join(folder, 'app.db'));
  db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT NOT NULL, created_at TEXT NOT NULL)');
  db.close();
  writeFileSync(
    join(folder, 'rules.yaml'),
    `pack: still
rules: [{ id: no-tools, title: No tools, failureTitle: It runs tools, kind: absence, activity: event, match: { type: tool_run }, minDuration: 1s }]
`,
  );
  writeFileSync(
    config,
    `tick: 500ms
targets: { app: { select: { pid: ${pid} }, events: { sqlite: ./app.db, table: events } } }
windows: [{ id: hand, trigger: manual, settle: 0s, minDuration: 1s }]
rules: [./rules.yaml]
reports: { dir: state/reports, formats: [json] }
`,
  );
}

function runTool(): void {
  const db = openSqlite(join(folder, 'app.db'));
  db.prepare('INSERT INTO events (type, created_at) VALUES (?, ?)').run('tool_run', new Date().toISOString());
  db.close();
}

/** Nothing can be written there, as on a full disk; for root neither. */
function block(): void {
  renameSync(reports, `${reports}.away`);
  writeFileSync(reports, '');
}

function unblock(): void {
  rmSync(reports);
  renameSync(`${reports}.away`, reports);
}

async function window(daemon: WatchDaemon, what: { isQuiet: boolean }): Promise<void> {
  const looksIn = await daemon.control.openWindow('hand').then(() => daemon.becomes(isOpen));
  if (!what.isQuiet) runTool();
  await daemon.becomes(({ looks }) => looks > looksIn.looks + 4);
  await daemon.control.closeWindow('hand');
}

const isOpen = ({ windows }: { windows: { state: string }[] }): boolean => windows[0]?.state === 'open';

/** What `idleproof report` says of the folder, and of the store where it is named. */
async function summary(...args: string[]): Promise<ProofSummary> {
  const { stdout } = await runCli(['report', ...args, '--json']);
  return JSON.parse(stdout) as ProofSummary;
}

const verdictsIn = (of: string): string[] =>
  proofsIn(of)
    .map(({ verdict }) => verdict)
    .toSorted();

const summaryOfTheEnd = (): ProofSummary => {
  const name = readdirSync(reports).findLast((file) => file.endsWith('_summary.json'))!;
  return JSON.parse(readFileSync(join(reports, name), 'utf8')) as ProofSummary;
};

it('writes the proof of a window that failed when its folder takes it again, and never passes over it', async () => {
  app = spawn('sleep', ['1000'], { stdio: 'ignore' });
  configure(app.pid!);
  const daemon = startDaemon(config, state);
  await daemon.becomes(({ looks }) => looks > 1);
  await window(daemon, { isQuiet: true });
  await daemon.becomes(({ windows }) => windows[0]?.verdictCounts.pass === 1);

  block();
  await window(daemon, { isQuiet: false });
  const { windows, problems } = await daemon.becomes((status) => status.windows[0]?.verdictCounts.fail === 1);
  expect(windows[0]!.lastVerdict).toMatchObject({ verdict: 'fail', folder: null });
  expect(problems).toMatchObject([{ kind: 'window', subject: 'hand' }]);
  unblock();
  expect(await summary('--state', state)).toMatchObject({
    verdict: 'fail',
    total: { windows: 1 },
    unproved: [expect.stringMatching(/^hand of .*Z \(fail, but its proof could not be written\)$/)],
  });

  // The next proof shows that the folder takes them again.
  await window(daemon, { isQuiet: true });
  await daemon.becomes(
    (status) => status.problems.length === 0 && status.windows[0]!.verdictCounts.pass === 2,
  );
  expect(verdictsIn(reports)).toEqual(['fail', 'pass', 'pass']);
  expect(await summary('--state', state)).toMatchObject({ verdict: 'fail', unproved: [] });

  block();
  await window(daemon, { isQuiet: false });
  await daemon.becomes((status) => status.windows[0]?.verdictCounts.fail === 2);
  await daemon.stop();
  unblock();
  expect(await summary('--state', state, '--since', '1d')).toMatchObject({
    total: { windows: 3 },
    unproved: [expect.stringContaining('hand of ')],
  });

  // So does the next start.
  const next = startDaemon(config, state);
  await next.said('ended before it had proved these windows');
  await next.becomes(({ looks }) => looks > 1);
  await next.stop();
  expect(verdictsIn(reports)).toEqual(['fail', 'fail', 'pass', 'pass']);
  expect(summaryOfTheEnd()).toMatchObject({ verdict: 'fail', total: { windows: 4 }, unproved: [] });
}, 180_000);
