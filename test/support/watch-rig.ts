import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqlite, type Sqlite } from '../../src/os/sqlite.ts';
import { planWatch } from '../../src/cli/watch-plan.ts';
import { PatientStore } from '../../src/daemon/patient-store.ts';
import type { DaemonPlan } from '../../src/daemon/plan.ts';
import { type Proved, proveWindow } from '../../src/daemon/proofs/prover.ts';
import type { WatchRun } from '../../src/daemon/watch/watch-run.ts';
import { watchThisHost } from '../../src/daemon/watch/watched.ts';
import { EvidenceStore } from '../../src/evidence/store.ts';
import type { Window } from '../../src/model/evidence.ts';
import type { Proof } from '../../src/model/proof.ts';
import type { Clock } from '../../src/model/time.ts';
import { systemClock } from '../../src/os/clock.ts';
import { Procfs } from '../../src/os/procfs.ts';

/** Real time between two looks: enough for what was planted to be over. */
const BREATH_MS = 15;

/** Windows of a configuration: whenever nobody used the app, and by hand. */
export const QUIET = '{ id: quiet, trigger: user-quiet, quietFor: 3s, settle: 2s, maxDuration: 30s }';
export const HAND = '{ id: hand, trigger: manual, settle: 0s }';

/** In whole seconds. */
export const lengthsOf = (windows: readonly Window[]): number[] =>
  windows.map(({ fromMs, toMs }) => Math.round((toMs - fromMs) / 1_000));

export const verdictOf = ({ rules }: Proof, id: string): string | undefined =>
  rules.find((rule) => rule.id === id)?.verdict;

/** A clock that the test moves on: what takes hours takes seconds. */
export class SteppedClock implements Clock {
  readonly #real: Clock = systemClock();
  offsetMs = 0;
  driftMs = 0;

  nowMs(): number {
    return this.#real.nowMs() + this.offsetMs;
  }

  fromBootNs(ns: number): number {
    return this.#real.fromBootNs(ns) + this.offsetMs;
  }

  wallDriftMs(): number {
    return this.driftMs;
  }

  suspendedMs(): number | null {
    return null;
  }

  async sleepUntil(atMs: number): Promise<void> {
    await sleep(BREATH_MS);
    // Not before: a busy host may take seconds for a breath, and they would come on top.
    this.offsetMs += Math.max(0, atMs - this.nowMs());
  }

  /** The next tick comes so long after this one began: what a busy host takes for it in real time does not come on top. */
  async every(tickMs: number, signal: AbortSignal, onTick: () => boolean): Promise<void> {
    let tickedMs = this.nowMs();
    do {
      await this.sleepUntil(Math.min(tickedMs, this.nowMs()) + tickMs);
      tickedMs = this.nowMs();
    } while (!signal.aborted && onTick());
  }
}

/** A watch over a process that sleeps, with an events table that the test writes, on a clock that the test moves. */
export class WatchRig {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'idleproof-watch-'));
  readonly clock: SteppedClock = new SteppedClock();
  readonly storePath: string = join(this.folder, 'evidence.db');
  readonly windows: Window[] = [];
  readonly voided: string[] = [];
  readonly problems: (string | null)[] = [];
  readonly losses: number[] = [];
  readonly lookTimes: number[] = [];
  readonly database: Sqlite;
  readonly #appPid: number = startApart();
  readonly #store: EvidenceStore = EvidenceStore.open(this.storePath).store;
  /** Why the next batches are refused; null: they are not. */
  refusal: string | null = null;
  readonly patient: PatientStore;
  plan: DaemonPlan;

  /** @param windows of the configuration, as YAML in braces */
  constructor(windows: string, more = '') {
    this.database = openSqlite(join(this.folder, 'app.db'));
    this.database.exec(
      'CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT NOT NULL, created_at TEXT NOT NULL)',
    );
    mkdirSync(join(this.folder, 'reports'));
    const config = join(this.folder, 'idleproof.yaml');
    writeFileSync(
      config,
      `targets:
  app: { select: { pid: ${this.#appPid} }, events: { sqlite: ./app.db, table: events } }
user: [{ activity: event, match: { type: user_message } }]
windows: [${windows}]
rules: [no-background-agents]
reports: { dir: reports }
${more}`,
    );
    this.plan = planWatch(config, {});
    this.patient = new PatientStore({
      store: {
        append: (atMs, rows) => {
          if (this.refusal !== null) throw new Error(this.refusal);
          this.#store.append(atMs, rows);
        },
      },
      onAnswer: () => {},
      onProblem: (problem) => this.problems.push(problem),
      onLoss: (rows) => this.losses.push(rows),
    });
  }

  open(clock: Clock = this.clock): Promise<WatchRun> {
    return watchThisHost(this.plan, {
      clock,
      procfs: new Procfs(),
      store: this.patient,
      onWindow: (window) => this.windows.push(window),
      onVoid: (id, _fromMs, reason) => this.voided.push(`${id}: ${reason}`),
      onLook: (nowMs) => this.lookTimes.push(nowMs),
      toolVersion: 'test',
      command: 'test',
    });
  }

  /** So many looks, one a second. */
  async looks(run: WatchRun, count: number): Promise<void> {
    for (let nth = 0; nth < count; nth += 1) {
      const nowMs = this.clock.nowMs();
      const lastMs = this.lookTimes.at(-1) ?? nowMs;
      await this.clock.sleepUntil(Math.min(lastMs, nowMs) + 1_000);
      run.tick();
    }
  }

  /** The app writes a row that is stamped now. Returns its stamp, in ms since the epoch. */
  row(type: string): number {
    return this.rowAt(type, this.clock.nowMs());
  }

  /** The app writes a row with this stamp, which it holds in whole ms. Returns the stamp. */
  rowAt(type: string, atMs: number): number {
    const at = new Date(atMs);
    this.database.prepare('INSERT INTO events (type, created_at) VALUES (?, ?)').run(type, at.toISOString());
    return at.getTime();
  }

  /** Another process takes the lock of the app's database, writes a row and waits; to be called for it to go on. */
  async lock(kind: 'EXCLUSIVE' | 'IMMEDIATE', type: string): Promise<() => Promise<void>> {
    const code = `import sqlite3,sys
db=sqlite3.connect(sys.argv[1],isolation_level=None)
db.execute('BEGIN ${kind}')
db.execute('INSERT INTO events (type, created_at) VALUES (?, ?)', sys.argv[2:])
print('locked',flush=True)
sys.stdin.read()
db.execute('COMMIT')`;
    const at = new Date(this.clock.nowMs()).toISOString();
    const args = ['-c', code, join(this.folder, 'app.db'), type, at];
    const child = spawn('python3', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    return async () => {
      child.stdin.end();
      await ended;
    };
  }

  prove(window: Window): Proved {
    return proveWindow(this.storePath, window, this.plan, null);
  }

  close(): void {
    this.#store.close();
    this.database.close();
    process.kill(this.#appPid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A process that sleeps and is no child of ours: those are refused as targets. */
function startApart(): number {
  const { stdout } = spawnSync('sh', ['-c', 'sleep 1000 >/dev/null 2>&1 & echo $!'], { encoding: 'utf8' });
  const pid = Number(stdout);
  // It is a copy of the shell until it executes its program.
  while (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('sleep\0'));
  return pid;
}
