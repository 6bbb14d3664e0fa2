import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { openSqlite } from '../../src/os/sqlite.ts';
import { type CliResult, startCli } from '../support/cli.ts';

const cli = async (...args: string[]): Promise<CliResult> => await startCli(args).result;

let folder: string;
let run: string;
let proof: string;
let evidence: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-verify-'));
  await cli('check', '--for', '2s', '--settle', '0s', '--out', folder, '--', 'sleep', '60');
  run = join(folder, readdirSync(folder)[0] ?? '');
  proof = join(run, 'proof.json');
  evidence = join(run, 'evidence.db');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rewritten(change: (proof: Proof) => void): string {
  const path = join(run, 'changed.json');
  const value = JSON.parse(readFileSync(proof, 'utf8')) as Proof;
  change(value);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

describe('idleproof verify', () => {
  it('holds for the proof of a check and for its evidence', async () => {
    const { code, stdout } = await cli('verify', proof, evidence);
    expect(stdout).toContain('judged again by the same rules');
    expect(stdout).not.toContain('its end is open');
    expect(code).toBe(0);
    const json = await cli('verify', '--json', proof);
    expect(JSON.parse(json.stdout)).toEqual([
      expect.objectContaining({
        standing: 'holds',
        kind: 'proof',
        problems: [],
        judged: { again: true, whole: true, verdict: 'inconclusive' },
      }),
    ]);
  });

  it('says where a changed proof parts from its evidence', async () => {
    const changed = rewritten((value) => {
      value.verdict = 'pass';
      for (const rule of value.rules) rule.verdict = 'pass';
      value.evidence.rows += 1;
    });
    const { code, stdout } = await cli('verify', changed);
    expect(code).toBe(1);
    expect(stdout).toContain('verdict: the proof says pass, and its evidence gives inconclusive');
    expect(stdout).toContain('evidence.rows');
    expect(stdout).toMatch(/no-background-agents\/\S+ \(sleep, idle\): the proof says pass/);
  });

  it.each<[string, (proof: Proof) => void, string]>([
    [
      'calls itself another version, so that less would be compared',
      (value) => {
        value.tool.version = '0.0.1';
        value.headline = 'PASS: all is well';
        value.findings = [];
      },
      'tool.version: the proof says 0.0.1',
    ],
    [
      'names the beginning of every chain as its head',
      (value) => (value.evidence.chainHead = '0'.repeat(64)),
      'evidence.chainHead: the chain of the evidence never had this head',
    ],
    [
      'no longer names the digest of the file',
      (value) => delete value.evidence.fileSha256,
      'evidence.fileSha256: it is missing',
    ],
    [
      'says more of its evidence than is known',
      (value) => Object.assign(value.evidence, { checkedBy: 'somebody' }),
      'evidence.checkedBy',
    ],
  ])('finds a proof that %s', async (_, change, problem) => {
    const { code, stdout } = await cli('verify', rewritten(change));
    expect(stdout).toContain(problem);
    expect(code).toBe(1);
  });

  it('refuses a proof that says the same twice', async () => {
    const path = join(run, 'twice.json');
    writeFileSync(path, readFileSync(proof, 'utf8').replace('"verdict":', '"verdict": "pass", "verdict":'));
    for (const args of [
      ['verify', path],
      ['report', path],
    ]) {
      expect(await cli(...args)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('it says «verdict» twice in one object') as string,
      });
    }
  });

  it('finds a view in the place of a table', async () => {
    const path = join(run, 'view.db');
    writeFileSync(path, readFileSync(evidence));
    const db = openSqlite(path);
    db.exec(
      "ALTER TABLE activity RENAME TO seen; CREATE VIEW activity AS SELECT * FROM seen WHERE kind <> 'network'",
    );
    db.close();
    expect(await cli('verify', path)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('the file: the view «activity» is in it') as string,
    });
  });

  it('finds evidence that was cut short, and refuses what is none, or not there', async () => {
    const bytes = readFileSync(evidence);
    const cut = join(run, 'short.db');
    for (const length of [0, 10, 100, 4096, Math.floor(bytes.length / 2), bytes.length - 1]) {
      writeFileSync(cut, bytes.subarray(0, length));
      const { code, stdout } = await cli('verify', proof, '--evidence', cut);
      expect(stdout, `${length} bytes`).toMatch(/^DOES NOT HOLD: /);
      expect(stdout).not.toContain('judged again by');
      expect(code).toBe(1);
      // What has no beginning of a database may be any file.
      expect((await cli('verify', cut)).code, `${length} bytes`).toBe(length < 16 ? 3 : 1);
    }
    writeFileSync(cut, 'These are my notes.');
    expect(await cli('verify', cut)).toMatchObject({ code: 3 });
    expect(await cli('verify', proof, '--evidence', cut)).toMatchObject({ code: 1 });
    for (const args of [[join(run, 'gone.db')], [proof, '--evidence', join(run, 'gone.db')]])
      expect(await cli('verify', ...args)).toMatchObject({ code: 3 });
  });

  it('does not judge by other rules', async () => {
    const changed = rewritten((value) => {
      value.rulesDigest = 'another';
      value.headline = 'PASS: all is well';
    });
    const { code, stdout } = await cli('verify', changed);
    expect(code).toBe(2);
    expect(stdout).toContain('not judged again');
    expect(stdout).toContain('it claims, and nobody can tell here: PASS: all is well');
    const report = await cli('report', changed);
    expect(report.stderr).toMatch(/^what .*changed\.json says was not judged again: idleproof verify /);
    const unknown = rewritten((value) => (value.rulePacks = [{ pack: 'ours', sha256: '' }]));
    const told = await cli('verify', unknown);
    expect(told.code).toBe(2);
    expect(told.stdout).toContain(
      'judged by a rule pack ours, and none that ships has this name. Name its file',
    );
  });

  it('takes files for the packs that they are, and the others as they ship', async () => {
    const own = join(folder, 'ours.yaml');
    copyFileSync(new URL('../../rules/no-background-agents.yaml', import.meta.url), own);
    // Nobody named the pack about what outlives a command.
    expect(await cli('verify', proof, '--rules', own)).toMatchObject({ code: 0 });
    appendFileSync(own, '# changed\n');
    const { code, stdout } = await cli('verify', proof, '--rules', own);
    expect(code).toBe(2);
    expect(stdout).toContain('the rules as they are here are not those that it was judged by');
  });

  it('finds the end of the evidence cut off, by the proof and by a head', async () => {
    const cut = join(run, 'cut.db');
    writeFileSync(cut, readFileSync(evidence));
    const db = openSqlite(cut);
    const { last } = db.prepare('SELECT max(id) AS last FROM batch').get() as { last: number };
    for (const table of [
      'document',
      'process',
      'look',
      'sample',
      'sample_block',
      'activity',
      'counter',
      'gap',
      'disturbance',
      'wake',
    ])
      db.prepare(`DELETE FROM ${table} WHERE batch = ?`).run(last);
    db.prepare('DELETE FROM batch WHERE id = ?').run(last);
    db.prepare(
      "UPDATE segment SET state = 'open', to_ms = NULL, batches = NULL, rows = NULL, head = NULL, sha256 = NULL",
    ).run();
    db.close();
    expect(await cli('verify', cut)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('its end is open') as string,
    });
    const { chainHead } = (JSON.parse(readFileSync(proof, 'utf8')) as Proof).evidence;
    expect(await cli('verify', cut, '--head', chainHead)).toMatchObject({ code: 1 });
    expect(await cli('verify', proof, '--evidence', cut)).toMatchObject({ code: 1 });
  });

  it.each([
    ['no file', () => ['none.json'], 'VERIFY_UNREADABLE'],
    [
      'another JSON file',
      () => [rewritten((value) => Object.assign(value, { rules: [null] }))],
      'VERIFY_UNREADABLE',
    ],
    ['neither', () => [join(process.cwd(), 'package-lock.json')], 'VERIFY_UNREADABLE'],
    ['no evidence beside it', () => [proof, '--evidence', 'none.db'], 'EVIDENCE_READ'],
  ])('refuses %s', async (_, args, code) => {
    const result = await cli('verify', ...args());
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toContain(`error ${code}`);
  });
});
