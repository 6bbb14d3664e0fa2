import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LAYOUT, SEGMENTED_LAYOUT } from '../../src/evidence/migrations.ts';
import { EvidenceReader, readEvidence } from '../../src/evidence/read.ts';
import { documentRow } from '../../src/evidence/rows.ts';
import { EvidenceStore } from '../../src/evidence/store.ts';
import { verifyEvidence } from '../../src/evidence/verify/verify.ts';
import type { Proof } from '../../src/model/proof.ts';
import { openSqlite } from '../../src/os/sqlite.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { writeAsLayout3 } from '../support/layout-3.ts';

/**
 * Evidence and proofs of the demo as earlier versions wrote them, one for each layout of the file: `quiet`, and with its `agent`. Since
 * layout 4, too, the `store` of a daemon that watched an app of 21 processes, of which all run now and then and one all the time, and the
 * proof of a window of it: with blocks of samples and single ones, and a segment that is thinned.
 */
const FIXTURES = join('test', 'fixtures', 'evidence');

/** Of those whose proof this version can show: as long as a proof says the same, and in the same words. */
const SHOWN: readonly number[] = [4];

const layouts = Array.from({ length: LAYOUT }, (_, index) => index + 1);

const stored = layouts.filter((layout) => layout >= 4);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-older-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const proofOf = (layout: number, demo: string): string =>
  readFileSync(join(FIXTURES, `layout-${layout}-${demo}.json`), 'utf8');

/** Lays evidence and proof into the folder, as they were. */
function lay(
  layout: number,
  demo: 'quiet' | 'agent' | 'store',
): { evidence: string; proof: string; earlier: Proof } {
  const evidence = join(folder, 'evidence.db');
  const proof = join(folder, 'proof.json');
  writeFileSync(evidence, gunzipSync(readFileSync(join(FIXTURES, `layout-${layout}-${demo}.db.gz`))));
  const json = proofOf(layout, demo);
  writeFileSync(proof, json);
  return { evidence, proof, earlier: JSON.parse(json) as Proof };
}

function layoutOf(path: string): unknown {
  const db = openSqlite(path, { readonly: true });
  try {
    return db.pragma('user_version', { simple: true });
  } finally {
    db.close();
  }
}

it('there are files of every layout that there was', () => {
  const named = layouts.flatMap((layout) =>
    ['agent', 'quiet', ...(stored.includes(layout) ? ['store'] : [])].flatMap((demo) => [
      `layout-${layout}-${demo}.db.gz`,
      `layout-${layout}-${demo}.json`,
    ]),
  );
  expect(readdirSync(FIXTURES).toSorted()).toEqual(named.toSorted());
});

describe.each(layouts)('evidence of layout %i', (layout) => {
  it('is verified, against the head that its proof named then; a changed row shows', () => {
    const { evidence, earlier } = lay(layout, 'agent');
    expect(layoutOf(evidence)).toBe(layout);
    expect(verifyEvidence(evidence)).toMatchObject({ problems: [], chainHead: earlier.evidence.chainHead });
    const db = openSqlite(evidence);
    db.exec("UPDATE activity SET body = replace(body, 'tool_run', 'tool_ran')");
    db.close();
    expect(verifyEvidence(evidence).problems).not.toEqual([]);
  });

  it('is read whole: every row that was written, and what today asks for beside it is missing, not zero', () => {
    const { evidence: path } = lay(layout, 'agent');
    const { evidence } = readEvidence(path);
    const db = openSqlite(path, { readonly: true });
    const rowsOf = (table: string): number =>
      db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!;
    try {
      expect(evidence.looks).toHaveLength(rowsOf('look'));
      expect(evidence.activities.length + evidence.controls!.seen.length).toBe(rowsOf('activity'));
      expect(evidence.wakes).toHaveLength(layout >= 2 ? rowsOf('wake') : 0);
    } finally {
      db.close();
    }
    expect(evidence.self.readBytes === undefined).toBe(layout === 1);
    expect(evidence.windows.map(({ kind }) => kind)).toEqual(['idle', 'stop']);
  });

  it.each([
    ['quiet', 'pass', 0],
    ['agent', 'fail', 1],
  ] as const)('is judged: the demo, %s, is a %s, as it was then', async (demo, verdict, exitCode) => {
    const { evidence, earlier } = lay(layout, demo);
    expect(earlier.verdict).toBe(verdict);
    const { code, stdout, stderr } = await runCli(['judge', evidence, '--json']);
    expect(code, stderr).toBe(exitCode);
    const now = JSON.parse(stdout) as Proof;
    const broken = now.rules.filter((rule) => rule.verdict === 'fail').map(({ id }) => id);
    const brokenThen = earlier.rules.filter((rule) => rule.verdict === 'fail').map(({ id }) => id);
    expect(broken).toEqual(expect.arrayContaining(brokenThen));
  });

  it('gives a new proof, which holds and can be shown', async () => {
    const { evidence } = lay(layout, 'agent');
    const { code, stderr } = await runCli(['judge', evidence, '--format', 'json', '--out', folder]);
    expect(code, stderr).toBe(1);
    const run = readdirSync(folder).find((name) => name.endsWith('_demo')) ?? '';
    const proof = join(folder, run, 'proof.json');
    const verified = await runCli(['verify', proof, '--evidence', evidence]);
    expect(verified, verified.stdout).toMatchObject({ code: 0 });
    const shown = await runCli([
      'report',
      proof,
      '--evidence',
      evidence,
      '--format',
      'html,trace',
      '--out',
      folder,
    ]);
    expect(shown, shown.stderr).toMatchObject({ code: 0 });
  });

  it('is gone on with by a daemon where it has segments, and else is set aside as it was', () => {
    const { evidence, earlier } = lay(layout, 'quiet');
    const { store, setAside, isContinued } = EvidenceStore.open(evidence);
    store.append(store.lastMs, [documentRow('note', 'gone on with')]);
    store.close();
    expect(layoutOf(evidence)).toBe(LAYOUT);
    const hasSegments = layout >= SEGMENTED_LAYOUT;
    expect(isContinued).toBe(hasSegments);
    expect(setAside?.reason).toBe(
      hasSegments ? undefined : `an earlier idleproof wrote it (layout ${layout})`,
    );
    const { rows, chainHead } = earlier.evidence;
    expect(verifyEvidence(evidence)).toMatchObject({ problems: [], rows: hasSegments ? rows + 1 : 1 });
    if (setAside !== null)
      expect(verifyEvidence(setAside.path)).toMatchObject({ problems: [], rows, chainHead });
    else expect(verifyEvidence(evidence, [chainHead])).toMatchObject({ missingHeads: [] });
  });
});

it.each(layouts.filter((layout) => layout >= SEGMENTED_LAYOUT))(
  'evidence of layout %i gives the same proof after a daemon has gone on with it, but for the digests of the file',
  async (layout) => {
    const { evidence } = lay(layout, 'agent');
    const judged = async (): Promise<Proof> => {
      const proof = JSON.parse((await runCli(['judge', evidence, '--json'])).stdout) as Proof;
      return { ...proof, evidence: { ...proof.evidence, chainHead: '', rows: 0, fileSha256: '' } };
    };
    const before = await judged();
    const { store } = EvidenceStore.open(evidence);
    store.close();
    expect(layoutOf(evidence)).toBe(LAYOUT);
    expect(await judged()).toEqual(before);
  },
);

describe.each(stored)('the store of a daemon of layout %i', (layout) => {
  const windowOf = ({ window }: Proof): string => `${window.id}@${window.opened.utc}`;
  const judge = async (evidence: string, window: string): Promise<CliResult> =>
    await runCli(['judge', evidence, '--window', window, '--json']);

  it('has blocks of samples, single samples, and what is left of both, and is as it was written', () => {
    const { evidence, earlier } = lay(layout, 'store');
    const { problems, missingHeads, segments } = verifyEvidence(evidence, [earlier.evidence.chainHead]);
    expect({ problems, missingHeads }).toEqual({ problems: [], missingHeads: [] });
    expect(segments.map(({ state }) => state)).toEqual(['thinned', 'whole', 'whole']);
    const db = openSqlite(evidence, { readonly: true });
    const count = (table: string, batches: string): number =>
      db.prepare<[], number>(`SELECT count(*) FROM ${table} WHERE batch ${batches}`).pluck().get()!;
    try {
      for (const [table, batches] of [
        ['sample_block', '= 1'],
        ['sample_block', '> 1'],
        ['sample', '> 1'],
      ] as const)
        expect(count(table, batches), `${table} ${batches}`).toBeGreaterThan(0);
    } finally {
      db.close();
    }
  });

  it('is judged as it was then, by everything that was measured then, before and after a daemon has gone on with it', async () => {
    const { evidence, earlier } = lay(layout, 'store');
    const used = ({ targets }: Proof): unknown =>
      targets.map(({ name, processes, metrics }) => [
        name,
        processes.map(({ pid }) => pid),
        metrics['cpu.percent'],
        metrics['wakeups.rate'],
      ]);
    const judged = async (): Promise<void> => {
      const { stdout, stderr } = await judge(evidence, windowOf(earlier));
      expect(stderr).toBe('');
      const now = JSON.parse(stdout) as Proof;
      expect(now.verdict).toBe(earlier.verdict);
      expect(used(now)).toEqual(used(earlier));
    };
    await judged();
    const { store, setAside } = EvidenceStore.open(evidence);
    store.close();
    expect(setAside).toBeNull();
    await judged();
  });

  it('gives the same proof, but for its digests, as a file with a row for each sample and reading, as layout 3 had it', async () => {
    const { evidence, earlier } = lay(layout, 'store');
    const asRows = join(folder, 'rows.db');
    writeAsLayout3(evidence, asRows);
    expect(layoutOf(asRows)).toBe(3);
    expect(verifyEvidence(asRows).problems).toEqual([]);
    const [blocks, rows] = await Promise.all(
      [evidence, asRows].map(async (path) => {
        const proof = JSON.parse((await judge(path, windowOf(earlier))).stdout) as Proof;
        return { ...proof, evidence: null };
      }),
    );
    expect(rows).toEqual(blocks);
  });

  it('is not judged where it is thinned', async () => {
    const { evidence } = lay(layout, 'store');
    const reader = new EvidenceReader(evidence);
    const [thinned] = reader.windows();
    reader.close();
    const { code, stderr } = await judge(evidence, `quiet@${new Date(thinned?.fromMs ?? 0).toISOString()}`);
    expect(stderr).toContain('EVIDENCE_DROPPED');
    expect(code).toBe(3);
  });
});

it.each(layouts.filter((layout) => !SHOWN.includes(layout)))(
  'the proof of layout %i is refused by name, since this version cannot show it, and says how to get another',
  async (layout) => {
    const { proof, evidence, earlier } = lay(layout, 'quiet');
    const { code, stdout, stderr } = await runCli(['report', proof]);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain(
      `error PROOF_OTHER_VERSION: ${proof} is a proof as idleproof ${earlier.tool.version}`,
    );
    expect(stderr).toContain(`idleproof judge ${evidence} --out DIR`);
  },
);

it.each(SHOWN)('the proof of layout %i is shown', async (layout) => {
  const { proof, earlier } = lay(layout, 'quiet');
  const { code, stdout, stderr } = await runCli(['report', proof]);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(earlier.headline.split(':')[0]);
});

describe('of a newer idleproof', () => {
  it.each([
    ['verify', ['verify']],
    ['judge', ['judge']],
  ])('evidence is refused by %s', async (_, args) => {
    const { evidence } = lay(LAYOUT, 'quiet');
    const db = openSqlite(evidence);
    db.exec('CREATE TABLE later (batch INTEGER)');
    db.pragma(`user_version = ${LAYOUT + 1}`);
    db.close();
    const { code, stdout, stderr } = await runCli([...args, evidence]);
    expect(code, stdout).toBe(3);
    expect(`${stdout}${stderr}`).toMatch(
      new RegExp(`newer idleproof \\(layout ${LAYOUT + 1}\\)[\\s\\S]*install the newer package`),
    );
    expect(() => EvidenceStore.open(evidence)).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_NEWER' }),
    );
  });

  it.each(['verify', 'report'])('a proof is refused by %s', async (command) => {
    const { proof } = lay(LAYOUT, 'quiet');
    writeFileSync(proof, readFileSync(proof, 'utf8').replace('"schemaVersion": 1', '"schemaVersion": 2'));
    const { code, stdout, stderr } = await runCli([command, proof]);
    expect(code).toBe(3);
    expect(`${stdout}${stderr}`).toMatch(/newer idleproof wrote it \(schemaVersion 2\); update/);
  });
});
