import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { builtPaths, copyCheckout, npm, packedIn, type Packed } from '../support/package.ts';

let folder: string;
let packed: Packed;
let installed: string;

/** Packs a copy of the checkout, as a release does, and installs the archive in an empty folder from the registry. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-release-'));
  const checkout = join(folder, 'checkout');
  mkdirSync(checkout);
  copyCheckout(process.cwd(), checkout);
  symlinkSync(join(process.cwd(), 'node_modules'), join(checkout, 'node_modules'));
  // What an earlier build has left is not to be packed.
  mkdirSync(join(checkout, 'dist'));
  writeFileSync(join(checkout, 'dist', 'of-an-earlier-build.js'), '');

  packed = packedIn(npm(['pack', '--json', '--foreground-scripts=false'], checkout));
  installed = join(folder, 'installed');
  mkdirSync(installed);
  npm(['init', '--yes'], installed);
  npm(['install', '--no-audit', '--no-fund', join(checkout, packed.filename)], installed);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function idleproof(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(join(installed, 'node_modules', '.bin', 'idleproof'), args, {
    cwd: installed,
    encoding: 'utf8',
  });
}

describe('the package, installed in an empty folder', () => {
  it('holds every source file, newly built', () => {
    const built = packed.files.filter(({ path }) => path.startsWith('dist/')).map(({ path }) => path);
    expect(built.toSorted()).toEqual(builtPaths(join(folder, 'checkout')).toSorted());
    console.log(
      `package: ${packed.files.length} files, ${packed.size} bytes, ${packed.unpackedSize} unpacked`,
    );
  });

  it('tells its version and its rules', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(idleproof('--version').stdout).toBe(`${version}\n`);
    const rules = idleproof('rules', 'list');
    expect(rules.status, rules.stderr).toBe(0);
    for (const pack of readdirSync('rules')) expect(rules.stdout).toContain(pack.replace(/\.yaml$/, ''));
  });

  it('checks a command, and the proof is verified', () => {
    const accepted = ['--accept-sampled', '1s'];
    const check = idleproof('check', '--for', '5s', '--json', ...accepted, '--', 'sleep', '600');
    const proof = JSON.parse(check.stdout) as Proof;
    expect(check.status, check.stderr).toBe({ pass: 0, fail: 1, inconclusive: 2 }[proof.verdict]);
    expect(proof.verdict, proof.headline).not.toBe('fail');
    const [run = ''] = readdirSync(join(installed, 'reports'));
    const verified = idleproof('verify', join('reports', run, 'proof.json'));
    expect(verified.status, verified.stdout + verified.stderr).toBe(0);
  });

  it('runs the demo: quiet passes, the background agent is named; with a page for each', () => {
    const demo = idleproof('demo', '--out', 'demo');
    expect(demo.status, demo.stdout + demo.stderr).toBe(0);
    const runs = readdirSync(join(installed, 'demo'));
    expect(runs).toHaveLength(2);
    for (const run of runs) expect(existsSync(join(installed, 'demo', run, 'proof.html'))).toBe(true);
  });
});
