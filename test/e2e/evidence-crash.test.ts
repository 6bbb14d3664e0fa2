import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvidenceStore } from '../../src/evidence/store.ts';
import { verifyEvidence } from '../../src/evidence/verify/verify.ts';
import { looksRow } from '../support/evidence-rows.ts';

const STORE = fileURLToPath(new URL('../../dist/evidence/store.js', import.meta.url));
const ROWS = fileURLToPath(new URL('../../dist/evidence/rows.js', import.meta.url));

/** Appends batches, of few samples and of many, which are one row, rotates, thins and drops, and prints each head once it is reported as committed. */
const WRITER = `
  const { EvidenceStore } = await import(process.argv[1]);
  const { documentRow, sampleRow, processRow } = await import(process.argv[2]);
  const { writeSync } = await import('node:fs');
  const { store, setAside } = EvidenceStore.open(process.argv[3]);
  if (setAside !== null) writeSync(1, 'SET ASIDE ' + setAside.reason + '\\n');
  const nowMs = store.head().rows + 1;
  store.append(nowMs, [documentRow('run', { id: 'r' }), processRow({ id: 1, target: 't', pid: 1, name: 'n' })]);
  for (let nth = 1; ; nth += 1) {
    const rows = Array.from({ length: 1 + (nth % 7) * 6 }, (_, index) => sampleRow({ atMs: nowMs + nth, processId: index, cpuNs: nth }));
    store.append(nowMs + nth, rows);
    writeSync(1, store.head().chainHead + '\\n');
    if (nth % 20 === 0) store.rotate(nowMs + nth);
    if (nth % 50 === 0) store.retain(nowMs + nth, { maxAgeMs: null, maxBytes: 1, cited: [], dropsCited: false, atMost: 1 });
    if (nth % 90 === 0) store.retain(nowMs + nth, { maxAgeMs: 60, maxBytes: null, cited: [], dropsCited: false });
  }
`;

let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-crash-'));
  path = join(folder, 'evidence.db');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Lets a child write for a while; returns what it printed. */
async function writeFor(ms: number, file: string, limits: readonly string[] = []): Promise<string[]> {
  const args = ['--input-type=module', '-e', WRITER, STORE, ROWS, file];
  const [program = '', ...argv] = [...limits, process.execPath, ...args];
  const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  setTimeout(() => child.kill('SIGKILL'), ms);
  await closed;
  // The last line may be cut off; what it said was not reported whole.
  return printed.split('\n').slice(0, -1);
}

describe('a store whose writer is killed', () => {
  it('keeps every batch that was reported as committed, at 100 random moments, and goes on', async () => {
    let reported = 0;
    for (let round = 0; round < 100; round += 1) {
      const heads = await writeFor(Math.random() * 40, path);
      expect(heads.filter((line) => line.startsWith('SET'))).toEqual([]);
      reported += heads.length;
      const last = heads.at(-1) ?? '';
      const { problems, missingHeads } = verifyEvidence(path, [last]);
      expect({ round, problems, missingHeads }).toEqual({ round, problems: [], missingHeads: [] });
    }
    expect(reported).toBeGreaterThan(100);
    const { store, isContinued, setAside } = EvidenceStore.open(path);
    expect({ isContinued, setAside }).toEqual({ isContinued: true, setAside: null });
    store.close();
  });
});

/** Fills what a store may take until it says that it cannot be written. */
const FILLER = `
  const { EvidenceStore } = await import(process.argv[1]);
  const { documentRow, sampleRow } = await import(process.argv[2]);
  const samples = Array.from({ length: 40 }, (_, index) => sampleRow({ atMs: index, processId: 1, cpuNs: index }));
  process.on('SIGXFSZ', () => {});
  const { store } = EvidenceStore.open(process.argv[3]);
  const before = [];
  let nth = 0;
  let refused = null;
  while (refused === null && nth < 5000) {
    nth += 1;
    try {
      store.append(nth, [documentRow('note', 'x'.repeat(2000)), ...samples]);
      before.push(store.head().chainHead);
    } catch (error) {
      refused = error.code;
    }
  }
  const again = [];
  for (let more = 0; more < 3; more += 1) {
    try { store.append(nth + more, [documentRow('note', 'y'.repeat(2000))]); again.push('written'); } catch (error) { again.push(error.code); }
  }
  const { rmSync } = await import('node:fs');
  if (process.argv[4] !== '') rmSync(process.argv[4]);
  const after = [];
  if (process.argv[4] !== '') {
    store.append(nth + 9, [documentRow('note', 'z'), ...samples]);
    after.push(store.head().chainHead);
  }
  const { verifyEvidence } = await import(process.argv[1].replace('store.js', 'verify/verify.js'));
  const { problems, missingHeads } = verifyEvidence(process.argv[3], [before.at(-1), ...after]);
  process.stdout.write(JSON.stringify({ refused, again, last: before.at(-1), after, problems, missingHeads }));
`;

async function fill(
  program: readonly string[],
  file: string,
  ballast: string,
): Promise<Record<string, unknown>> {
  const [command = '', ...argv] = program;
  const child = spawn(
    command,
    [...argv, process.execPath, '--input-type=module', '-e', FILLER, STORE, ROWS, file, ballast],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  children.push(child);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await once(child, 'close');
  return JSON.parse(printed) as Record<string, unknown>;
}

describe('a store without space', () => {
  it('says so, keeps what it has, and the next start goes on', async () => {
    const filled = await fill(['prlimit', `--fsize=${2 << 20}`], path, '');
    expect(filled).toMatchObject({
      refused: 'EVIDENCE_WRITE',
      again: ['EVIDENCE_WRITE', 'EVIDENCE_WRITE', 'EVIDENCE_WRITE'],
    });
    expect(statSync(path).size).toBeLessThanOrEqual(2 << 20);
    expect(verifyEvidence(path, [String(filled['last'])])).toMatchObject({ problems: [], missingHeads: [] });
    const { store, setAside } = EvidenceStore.open(path);
    expect(setAside).toBeNull();
    store.append(9e9, [looksRow(9e9, 9e9)]);
    store.close();
    expect(verifyEvidence(path).problems).toEqual([]);
  });

  it('writes on in the same process when there is space again', async (ctx) => {
    if (process.getuid?.() !== 0) {
      console.log('skipped: mounting a small file system needs root');
      ctx.skip();
    }
    const script = `mount -t tmpfs -o size=3m none ${folder} && head -c 1500000 /dev/zero > ${folder}/ballast && "$@"`;
    const filled = await fill(
      ['unshare', '--mount', 'sh', '-c', script, 'sh'],
      path,
      join(folder, 'ballast'),
    );
    expect(filled).toMatchObject({ refused: 'EVIDENCE_WRITE', problems: [], missingHeads: [] });
    expect(filled['after']).toHaveLength(1);
  });
});
