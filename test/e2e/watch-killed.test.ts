import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/read.ts';
import { verifyEvidence } from '../../src/evidence/verify/verify.ts';
import type { Window, WindowKey } from '../../src/model/evidence.ts';
import type { VerdictDocument } from '../../src/session/judged-soak.ts';
import { Receiver } from '../support/alerts.ts';
import { runCli } from '../support/cli.ts';
import { proofsIn } from '../support/watch-daemon.ts';

const DAEMON = fileURLToPath(new URL('../fixtures/programs/recorded-daemon.mjs', import.meta.url));

/** Kills, shared by the lanes: daemons side by side, each with a state folder of its own. */
const KILLS = 100;
const LANES = 2;
/** Simulated time between the end of one daemon and the start of the next. */
const BETWEEN_MS = 1_800_000;
/** As good as for ever: it is killed. */
const FOREVER = 1_000_000;

const RULES = `pack: recorded
rules:
  - { id: calls, title: No calls, failureTitle: It calls, kind: absence, activity: network, match: { direction: outbound }, acceptSampled: 1s }
  - { id: cpu, title: Little CPU, failureTitle: Busy, kind: threshold, metric: cpu.percent, expect: { mean: "< 5" }, acceptSampled: 1s }
`;

const folders: string[] = [];
const children: Set<ChildProcess> = new Set();
const receiver = new Receiver();

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await receiver.down();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Lane {
  folder: string;
  store: string;
  reports: string;
  starts: number;
  /** When the next one starts, in simulated time. */
  nextMs: number;
  /** Windows that a kill found open, or not heard to their end, and the last look that was written by then. */
  cutOff: Map<string, number>;
}

function newLane(): Lane {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-killed-'));
  folders.push(folder);
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(
    join(folder, 'idleproof.yaml'),
    `targets: { app: { select: { pid: 1 }, events: { sqlite: app.db } } }
user: [{ activity: event, match: { type: user_message } }]
windows: [{ id: quiet, trigger: user-quiet, quietFor: 30s, settle: 10s, maxDuration: 1m }]
rules: [./rules.yaml]
reports: { dir: reports, formats: [json, md] }
alerts: [{ type: webhook, url: "\${ALERT_URL}" }]
`,
  );
  const store = join(folder, 'state', 'evidence.db');
  return {
    folder,
    store,
    reports: join(folder, 'reports'),
    starts: 0,
    nextMs: Date.now(),
    cutOff: new Map(),
  };
}

/** @param ticks after which it stops by itself, in order */
function start(lane: Lane, ticks: number): { child: ChildProcess; printed: Promise<string[]> } {
  const fromMs = lane.nextMs;
  lane.starts += 1;
  const asked = {
    config: join(lane.folder, 'idleproof.yaml'),
    state: join(lane.folder, 'state'),
    fromMs,
    ticks,
  };
  const env = { ...process.env, ALERT_URL: receiver.url };
  const child = spawn(process.execPath, [DAEMON, JSON.stringify(asked)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const printed = once(child, 'close').then(() => {
    children.delete(child);
    // The last line may be cut off; what it said was not reported whole.
    return text.split('\n').slice(0, -1);
  });
  return { child, printed };
}

const COMMITTED = 'committed ';

/** So many batches are committed before it is killed: half of them in the first moments, in which what the one before left is judged. */
const batchesBefore = (): number => Math.ceil((Math.random() < 0.5 ? 3 : 60) * Math.random());
/** And then in the middle of something. */
const MOMENT_MS = 6;

/** Starts, kills, and looks at what is left. */
async function kill(lane: Lane): Promise<void> {
  const { child, printed } = start(lane, FOREVER);
  let left = batchesBefore();
  child.stdout?.on('data', (chunk: Buffer) => {
    left -= chunk.toString().split(COMMITTED).length - 1;
    if (left <= 0) setTimeout(() => child.kill('SIGKILL'), MOMENT_MS * Math.random());
  });
  const lines = await printed;
  expect(child.signalCode, lines.join('\n')).toBe('SIGKILL');
  expect(lines.filter((line) => /^(error|fatal)/.test(line))).toEqual([]);
  // The last one that was reported: each names the one before it.
  const heads = lines
    .filter((line) => line.startsWith(COMMITTED))
    .map((line) => line.slice(COMMITTED.length));
  const { problems, missingHeads } = verifyEvidence(lane.store, heads.slice(-1));
  const { starts } = lane;
  expect({ starts, problems, missingHeads }).toEqual({ starts, problems: [], missingHeads: [] });
  const lookedMs = lastLookMs(lane.store);
  for (const key of unfinished(lane.store)) if (!lane.cutOff.has(key)) lane.cutOff.set(key, lookedMs);
  lane.nextMs = Math.max(lane.nextMs, lookedMs) + BETWEEN_MS;
}

function lastLookMs(store: string): number {
  const reader = new EvidenceReader(store);
  try {
    return reader.runEnd().lastLookMs ?? 0;
  } finally {
    reader.close();
  }
}

const keyOf = ({ id, fromMs }: WindowKey): string => `${id} ${fromMs}`;

/** Windows that were open when the daemon was killed, or were not heard to their end: some of their time is lost. */
function unfinished(store: string): string[] {
  const steps = stepsOf(store);
  return [...steps].flatMap(([key, kinds]) => {
    const isHeard = kinds.some((kind) => ['waitedFor', 'verdict', 'noWindow'].includes(kind));
    return isHeard ? [] : [key];
  });
}

/** What was written of each window, in this order. */
function stepsOf(store: string): Map<string, string[]> {
  const reader = new EvidenceReader(store);
  try {
    const steps = new Map<string, string[]>();
    for (const { kind, body } of reader.documentsOfKinds([
      'opening',
      'window',
      'noWindow',
      'waitedFor',
      'verdict',
    ])) {
      const { id, windowId, fromMs } = body as WindowKey & VerdictDocument;
      const key = keyOf({ id: id ?? windowId, fromMs });
      steps.set(key, [...(steps.get(key) ?? []), kind]);
    }
    return steps;
  } finally {
    reader.close();
  }
}

function read(store: string): { windows: Map<string, Window>; verdicts: VerdictDocument[] } {
  const reader = new EvidenceReader(store);
  try {
    const windows = new Map(reader.windows().map((window) => [keyOf(window), window]));
    return { windows, verdicts: reader.documents<VerdictDocument>('verdict') };
  } finally {
    reader.close();
  }
}

/** After all kills and one stop in order: each window has its verdict, its proof and its alerts once, and none that lost time passed. */
async function check(lane: Lane): Promise<number> {
  const { code } = await runCli(['verify', lane.store]);
  expect(code).toBe(0);
  const { windows, verdicts } = read(lane.store);
  const keys = verdicts.map(({ windowId, fromMs }) => keyOf({ id: windowId, fromMs }));
  expect(keys.toSorted()).toEqual([...windows.keys()].toSorted());
  const cutOff = verdicts.filter(({ windowId, fromMs }) => lane.cutOff.has(keyOf({ id: windowId, fromMs })));
  expect(cutOff.filter(({ verdict }) => verdict === 'pass')).toEqual([]);
  for (const [key, window] of windows) {
    if (window.closedBy === 'killed') expect(window.toMs).toBe(lane.cutOff.get(key));
    if (window.isCutOff === true) expect(lane.cutOff.has(key)).toBe(true);
  }
  for (const key of lane.cutOff.keys()) {
    const window = windows.get(key);
    // Nothing was looked at after it had opened: there is none.
    if (window === undefined) expect(stepsOf(lane.store).get(key)).toEqual(['opening', 'noWindow']);
    else expect(window.isCutOff).toBe(true);
  }
  const proofs = proofsIn(lane.reports);
  expect(proofs.map(({ window }) => window.opened.utc).sort()).toEqual(
    [...windows.values()].map(({ fromMs }) => new Date(fromMs).toISOString()).sort(),
  );
  // The others are judged as ever.
  expect(proofs.some(({ verdict }) => verdict === 'pass')).toBe(true);
  expect(readdirSync(lane.reports).filter((name) => name.startsWith('.'))).toEqual([]);
  return cutOff.length;
}

it('vouches for no window that lost time, and judges each once, killed at 100 random moments', async () => {
  await receiver.up();
  const lanes = Array.from({ length: LANES }, newLane);
  const cutOff = await Promise.all(
    lanes.map(async (lane) => {
      for (let nth = 0; nth < KILLS / LANES; nth += 1) await kill(lane);
      const { child, printed } = start(lane, 1_000);
      const lines = await printed;
      expect(child.exitCode, lines.join('\n')).toBe(0);
      return await check(lane);
    }),
  );
  // Windows are open most of the time.
  expect(cutOff.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(LANES);
  // A notice that was sent when the daemon died comes again as the same one; what it tells is told by no other.
  const notices = new Map(receiver.documents.map((document) => [document.id, document]));
  const told = [...notices.values()].flatMap(({ id, alerts }) =>
    alerts.map(({ key, status, at }) => `${id.slice(0, 36)} ${key} ${status} ${at}`),
  );
  expect(told.length).toBeGreaterThan(0);
  expect(told.toSorted()).toEqual([...new Set(told)].toSorted());
}, 900_000);
