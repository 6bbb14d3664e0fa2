import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { runCli, type CliResult } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';

let out: string;
let result: CliResult;

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-demo-'));
  result = await runCli(['demo', '--out', out]);
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const proofs = (): Proof[] =>
  readdirSync(out)
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(out, name, 'proof.json'), 'utf8')) as Proof);

it('proves the demo app quiet, then not', (test) => {
  const [quiet, agent] = proofs();
  expect(agent?.verdict, agent?.headline).toBe('fail');
  if (quiet !== undefined) expectLookedAt(test, quiet);
  expect(quiet?.verdict, quiet?.headline).toBe('pass');
  expect(result.code, result.stdout + result.stderr).toBe(0);
});

it('names the tool runs, the address of the heartbeat and the child process', () => {
  const texts = proofs()[1]
    ?.findings.map(({ text }) => text)
    .join('\n');
  expect(texts).toMatch(/tool_run/);
  expect(texts).toMatch(/127\.0\.0\.1:\d+/);
  expect(texts).toMatch(/started by node/);
  expect(result.stdout).toMatch(/tool_run/);
});

it('writes evidence and all reports for each, none over the other', () => {
  const folders = readdirSync(out);
  expect(folders).toHaveLength(2);
  for (const folder of folders) {
    for (const file of ['evidence.db', 'proof.json', 'proof.md', 'proof.html'])
      expect(existsSync(join(out, folder, file))).toBe(true);
  }
});

it('writes proofs that follow the published schema', () => {
  const validate = new Ajv2020({ strict: false }).compile(
    JSON.parse(readFileSync('reports/proof.schema.json', 'utf8')) as object,
  );
  for (const proof of proofs()) {
    expect(validate(proof), JSON.stringify(validate.errors)).toBe(true);
  }
});
