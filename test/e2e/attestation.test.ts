import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  realpathSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { junitProblems } from '../support/junit-rules.ts';
import { traceProblems } from '../support/trace-rules.ts';
import { readXml } from '../support/xml.ts';

let folder: string;
let run: string;
/** Another run, of a command with a secret. */
let otherRun: string;

const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-attest-'));
  await runCli(['keys', 'new', '--out', at('a.key')]);
  await runCli(['keys', 'new', '--out', at('b.key')]);
  const env = {
    ...process.env,
    IDLEPROOF_KEY: readFileSync(at('a.key'), 'utf8'),
    GITHUB_STEP_SUMMARY: at('sum'),
  };
  const options = ['--for', '2s', '--settle', '0s', '--format', 'junit,trace,intoto', '--out', at('out')];
  await runCli(['check', ...options, '--', 'sleep', '60'], { env });
  run = join(at('out'), readdirSync(at('out'))[0] ?? '');
  const formats = ['--format', 'json,md,html,junit,trace,intoto', '--key', at('a.key'), '--out', at('other')];
  const command = ['--', 'env', 'API_KEY=hunter2', 'sleep', '60'];
  await runCli(['check', '--for', '2s', '--settle', '0s', ...formats, ...command]);
  otherRun = join(at('other'), readdirSync(at('other'))[0] ?? '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (file: string, ...options: string[]): Promise<CliResult> =>
  runCli(['verify', join(run, file), ...options]);

/** A copy of the run with one bit of a file changed. */
async function damaged(file: string, offset: (bytes: Buffer) => number): Promise<CliResult> {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(run, copy, { recursive: true });
  const bytes = readFileSync(join(copy, file));
  const index = offset(bytes);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(join(copy, file), bytes);
  return await runCli(['verify', join(copy, 'proof.intoto.jsonl'), '--key', at('a.pub')]);
}

describe('a signed proof', () => {
  it('is written in every format asked for, with the proof that it attests', () => {
    expect(readdirSync(run).sort()).toEqual(
      [
        'evidence.db',
        'proof.intoto.jsonl',
        'proof.json',
        'proof.junit.xml',
        'proof.trace.json',
        'sleep.log',
      ].sort(),
    );
    expect(junitProblems(readXml(readFileSync(join(run, 'proof.junit.xml'), 'utf8')))).toEqual([]);
    expect(traceProblems(readFileSync(join(run, 'proof.trace.json'), 'utf8'))).toEqual([]);
    expect(readFileSync(at('sum'), 'utf8')).toMatch(/^# INCONCLUSIVE.*\n[^]*\| Gate \|/);
    const secret = readFileSync(at('a.key'), 'utf8').split('\n')[1] ?? '';
    for (const file of readdirSync(run))
      expect(readFileSync(join(run, file), 'latin1')).not.toContain(secret);
  });

  it('holds by the key that the verifier brings, and is judged again', async () => {
    const { code, stdout } = await verify('proof.intoto.jsonl', '--key', at('a.pub'));
    expect(stdout).toMatch(
      /^holds: .*\n {2}it says: INCONCLUSIVE: sleep.*\n {2}of 20.* on .*\n {2}of \/.*sleep sha256:[0-9a-f]{64}\n {2}signature: holds, by the key [0-9a-f]{64}\n/,
    );
    expect(stdout).toContain('judged again by the same rules: inconclusive');
    expect(code).toBe(0);
    expect(await verify('proof.json', '--key', at('a.pub'))).toMatchObject({ code: 0 });
  });

  it('is not checked without a key', async () => {
    expect(await verify('proof.intoto.jsonl')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('signature: not checked; bring the public key') as string,
    });
  });

  it('is of the program that the verifier expects, by its file or its digest', async () => {
    const targets = (JSON.parse(readFileSync(join(run, 'proof.json'), 'utf8')) as Proof).targets;
    const [{ path, sha256 } = { path: '', sha256: '' }] = targets[0]?.executables ?? [];
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256);
    const key = ['--key', at('a.pub')];
    for (const subject of [path, String(sha256), `sha256:${String(sha256).toUpperCase()}`])
      expect(await verify('proof.intoto.jsonl', ...key, '--subject', subject)).toMatchObject({ code: 0 });
    const other = ['--subject', path, '--subject', realpathSync(process.execPath)];
    expect(await verify('proof.intoto.jsonl', ...key, ...other)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^DOES NOT HOLD: .*\n {2}it claims, and that does not hold: INCONCLUSIVE[^]*targets: none of them ran \/.*node/,
      ) as string,
    });
    for (const [file, subject] of [
      ['proof.json', at('gone')],
      ['evidence.db', path],
    ] as const)
      expect(await verify(file, '--subject', subject)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('--subject') as string,
      });
  });

  it('is verified by a public key alone', async () => {
    expect(await verify('proof.intoto.jsonl', '--key', at('a.key'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('a.key cannot be used: it is a private key') as string,
    });
  });

  it('does not hold by another key', async () => {
    expect(await verify('proof.intoto.jsonl', '--key', at('b.pub'))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/it is not signed by this key \([0-9a-f]{64}\): it names/) as string,
    });
  });

  it.each([
    [
      'the attestation',
      'proof.intoto.jsonl',
      (bytes: Buffer) => bytes.indexOf('"sig":"') + 12,
      'changed since',
    ],
    ['the proof', 'proof.json', (bytes: Buffer) => bytes.indexOf('for 2 s') + 4, 'not about this proof.json'],
    ['the proof, so that it is no JSON', 'proof.json', () => 0, 'proof.json: it is not as it was attested'],
    ['the evidence', 'evidence.db', (bytes: Buffer) => bytes.lastIndexOf('sleep') + 1, 'changed'],
    ['unused bytes of the evidence', 'evidence.db', (bytes: Buffer) => unused(bytes), 'the file was changed'],
  ])('tells a flipped bit in %s', async (_, file, offset, message) => {
    const { code, stdout } = await damaged(file, offset);
    expect(stdout).toMatch(/^DOES NOT HOLD/);
    expect(stdout).toContain(message);
    expect(code).toBe(1);
  });

  it('tells what is missing', async () => {
    const copy = mkdtempSync(join(folder, 'copy-'));
    const file = join(copy, 'proof.intoto.jsonl');
    cpSync(join(run, 'proof.intoto.jsonl'), file);
    expect(await runCli(['verify', file])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('error VERIFY_PROOF_MISSING') as string,
    });
    cpSync(join(run, 'proof.json'), join(copy, 'proof.json'));
    expect(await runCli(['verify', file])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('error EVIDENCE_READ') as string,
    });
  });

  it('tells no secret of the command line, in no file', async () => {
    expect(readdirSync(otherRun)).toContain('evidence.db');
    for (const file of readdirSync(otherRun))
      expect(readFileSync(join(otherRun, file), 'latin1')).not.toContain('hunter2');
  });

  it('is not made of a proof that its evidence does not give', async () => {
    const copy = mkdtempSync(join(folder, 'copy-'));
    cpSync(run, copy, { recursive: true });
    const file = join(copy, 'proof.json');
    const signed = ['report', file, '--format', 'intoto', '--key', at('a.key')];
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.replace('"headline": "INCONCLUSIVE', '"headline": "PASS'));
    expect(await runCli(signed)).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('error PROOF_UNFOUNDED') as string,
    });
    writeFileSync(file, `${whole}\n`);
    expect((await runCli(signed)).stderr).toContain('it was written anew');
    const own = join(otherRun, 'evidence.db');
    writeFileSync(file, whole);
    for (const format of ['html', 'trace', 'intoto']) {
      const args = ['report', file, '--format', format, '--key', at('a.key'), '--evidence', own];
      expect(await runCli(args)).toMatchObject({
        code: 3,
        stdout: '',
        stderr: expect.stringContaining('evidence.chainHead') as string,
      });
    }
  });

  it('can be made again from its evidence, with the same key the same bytes', async () => {
    const made = await runCli([
      'report',
      join(run, 'proof.json'),
      '--format',
      'intoto',
      '--key',
      at('a.key'),
    ]);
    expect(made.stdout).toBe(readFileSync(join(run, 'proof.intoto.jsonl'), 'utf8'));
    expect(made.stderr).toBe('');
  });

  it('is signed with a warning where others can read the key', async () => {
    const open = at('open.key');
    cpSync(at('a.key'), open);
    chmodSync(open, 0o644);
    const again = ['report', join(run, 'proof.json'), '--format', 'intoto'];
    const byOption = await runCli([...again, '--key', open]);
    const byVariable = await runCli(again, { env: { ...process.env, IDLEPROOF_KEY: open } });
    for (const { code, stderr, stdout } of [byOption, byVariable]) {
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: readFileSync(join(run, 'proof.intoto.jsonl'), 'utf8'),
      });
      expect(stderr).toContain(`warning: others than its owner can use the private key ${open}`);
    }
  });

  it('is not begun without a key when evidence is judged again', async () => {
    const args = ['judge', join(run, 'evidence.db'), '--format', 'intoto', '--out', at('again')];
    const { code, stderr } = await runCli(args);
    expect({ code, isMade: existsSync(at('again')) }).toEqual({ code: 3, isMade: false });
    expect(stderr).toContain('error KEY_MISSING');
  });

  it.each([
    ['no key', [], {}, 'KEY_MISSING'],
    ['a public key', ['--key', 'a.pub'], {}, 'KEY_INVALID'],
    ['a key on the command line', ['--key', '-----BEGIN PRIVATE KEY-----'], {}, 'OPTION_INVALID'],
    ['no key in the environment', [], { IDLEPROOF_KEY: 'hunter2' }, 'KEY_INVALID'],
  ])('is refused before the watch begins: %s', async (_, options, env, code) => {
    const args = ['check', '--format', 'intoto', ...options, '--out', at('none'), '--', 'sleep', '60'];
    const result = await runCli(args, { cwd: folder, env: { ...process.env, ...env } });
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toContain(`error ${code}`);
    expect(result.stderr).not.toMatch(/hunter2|BEGIN/);
    // A file is named: there may be several.
    if (options[1] === 'a.pub') expect(result.stderr).toContain('The key --key a.pub cannot be used');
  });
});

describe('reports of proofs', () => {
  it('keeps a page of gates', async () => {
    const page = at('gates.md');
    writeFileSync(page, 'Ours.\n<!-- idleproof:begin -->\n<!-- idleproof:end -->\nOurs, too.');
    expect(await runCli(['report', at('out'), '--into', page])).toMatchObject({
      code: 0,
      stdout: `${page}\n`,
    });
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(/^Ours\.\n<!-- idleproof:begin -->\n/);
    expect(text).toMatch(/<!-- idleproof:end -->\nOurs, too\.$/);
    expect(text).toMatch(/\| No network activity \| sleep \| none \| 0 \| PARTIAL \| `idleproof check /);
    expect(text).toContain('Last runs:');
    expect(await runCli(['report', at('out'), '--into', page])).toMatchObject({
      stdout: `${page}: unchanged\n`,
    });
  });

  it('compares two proofs in every format', async () => {
    const same = await runCli(['report', '--compare', run, join(run, 'proof.json')]);
    expect(same.stderr).toMatch(/^what \S+ \S+proof\.json say was not judged again: idleproof verify /);
    expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing changed') as string });
    const json = await runCli(['report', '--json', '--compare', run, run]);
    expect(JSON.parse(json.stdout)).toMatchObject({ schemaVersion: 1, items: [] });
    expect(await runCli(['report', '--compare', run])).toMatchObject({ code: 3 });
    expect(await runCli(['report', '--compare', run, at('none')])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('error PROOF_UNREADABLE') as string,
    });
  });
});

/** A byte in the middle of the longest row of zeros: a page that holds less than it could. */
function unused(bytes: Buffer): number {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < bytes.length; ) {
    let to = from;
    while (bytes[to] === 0) to += 1;
    if (to - from > best.length) best = { from, length: to - from };
    from = to + 1;
  }
  return best.from + (best.length >> 1);
}
