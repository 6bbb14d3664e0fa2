import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { summarizeProofs } from '../../../../src/core/proof/summary.ts';
import { readKeptProofs } from '../../../../src/session/proofs/kept-proofs.ts';
import { withdrawProof } from '../../../../src/session/proofs/withdrawn.ts';
import { proofOf } from '../../../support/proofs.ts';

const START = Date.UTC(2026, 10, 20, 6);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text = JSON.stringify(proofOf({ openedMs: START })), file = 'proof.json'): string {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, file), text);
  return join(name, file);
}

const refusal = (code: string) => expect.objectContaining({ name: 'IdleproofError', code, exitCode: 3 });

describe('readKeptProofs', () => {
  it('reads proofs in run folders, in groups of them, and in the folder itself', () => {
    const paths = [put('.'), put('2026-11-20_0700_app'), put('nightly/2026-11-20_0700_app-2')];
    put('nightly/2026-11-20_0700_app-2', 'x', 'proof.md');
    const { digests, broken, unproved } = readKeptProofs(folder);
    expect(digests.map(({ path }) => path)).toEqual(paths);
    expect({ broken, unproved }).toEqual({ broken: [], unproved: [] });
  });

  it('takes measurements for no runs that were cut off', () => {
    put('2026-11-20_0700_app');
    put('2026-11-20_0701_app', '', 'evidence.db');
    put('2026-11-20_0702_app', '', 'evidence.db');
    put('2026-11-20_0702_app', '{}', '2026-11-20_0702_results.json');
    expect(readKeptProofs(folder).unproved.map(({ path }) => path)).toEqual(['2026-11-20_0701_app']);
  });

  it('names and skips what is broken', () => {
    put('a');
    put('b', '');
    put('c', JSON.stringify(proofOf({ openedMs: START })).slice(0, 500));
    put('d', '{}');
    put('e', '\u0000\u0001');
    mkdirSync(join(folder, 'f', 'proof.json'), { recursive: true });
    mkdirSync(join(folder, 'g'));
    symlinkSync('/nonexistent', join(folder, 'g', 'proof.json'));
    const { digests, broken } = readKeptProofs(folder);
    expect(digests.map(({ path }) => path)).toEqual(['a/proof.json']);
    expect(broken.map(({ path }) => path)).toEqual(
      ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}/proof.json`),
    );
  });

  it('does not wait for a pipe, and goes in no circle', () => {
    put('a');
    mkdirSync(join(folder, 'b'));
    spawnSync('mkfifo', [join(folder, 'b', 'proof.json')]);
    symlinkSync('..', join(folder, 'a', 'up'));
    const { digests, broken } = readKeptProofs(folder);
    expect(digests).toHaveLength(1);
    expect(broken).toEqual([{ path: 'b/proof.json', problem: 'it is not a file' }]);
  });

  it('keeps apart what was withdrawn, and counts it for nothing', () => {
    const [kept, withdrawn] = [put('a'), put('b')];
    withdrawProof(join(folder, 'b'), 'somebody used the app');
    const read = readKeptProofs(folder);
    expect(read.digests.map(({ path }) => path)).toEqual([kept]);
    expect(read.withdrawn.map(({ path }) => path)).toEqual([withdrawn]);
    withdrawProof(join(folder, 'a'), 'somebody used the app');
    const range = { sinceMs: null, untilMs: null, windowId: null };
    expect(summarizeProofs(readKeptProofs(folder), range)).toMatchObject({
      verdict: 'inconclusive',
      total: { windows: 0 },
      withdrawn: [kept, withdrawn],
    });
  });

  it('names runs that wrote no proof', () => {
    put('a');
    put('b', '', 'evidence.db');
    const { unproved } = readKeptProofs(folder);
    expect(unproved.map(({ path }) => path)).toEqual(['b']);
    expect(Math.abs((unproved[0]?.writtenMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('refuses a folder that holds nothing of the kind', () => {
    expect(() => readKeptProofs(folder)).toThrowError(refusal('PROOFS_FOLDER'));
    expect(() => readKeptProofs(join(folder, 'missing'))).toThrow(/ENOENT/);
    expect(() => readKeptProofs(join(folder, 'missing'))).toThrowError(refusal('PROOFS_FOLDER'));
  });

  it('names a folder that may not be read', ({ skip }) => {
    put('a');
    put('b');
    chmodSync(join(folder, 'b'), 0);
    const { digests, broken } = readKeptProofs(folder);
    chmodSync(join(folder, 'b'), 0o700);
    expect(digests.length + broken.length).toBe(2);
    skip(process.geteuid?.() === 0, 'root may read every folder');
    expect(broken).toEqual([{ path: 'b', problem: expect.stringContaining('EACCES') }]);
  });

  it('reads thousands', () => {
    const count = 2_000;
    for (let nth = 0; nth < count; nth += 1) {
      put(`run-${nth}`, JSON.stringify(proofOf({ openedMs: START + nth * 3_600_000, cpu: nth % 7 })));
    }
    const before = performance.now();
    const summary = summarizeProofs(readKeptProofs(folder), { sinceMs: null, untilMs: null, windowId: null });
    console.log(`${count} proofs in ${Math.round(performance.now() - before)} ms`);
    expect(summary.total).toMatchObject({ windows: count, verdicts: { pass: count } });
  });
});
