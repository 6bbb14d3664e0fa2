import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import type { Judging } from '../../src/session/judge-evidence.ts';
import type { RulePack } from '../../src/core/rules/pack.ts';

const [EVIDENCE, PACK] = ['../../bench/rules-evidence.mjs', '../../bench/rules-pack.mjs'];
const [JUDGE, LOAD] = ['../../dist/session/judge-evidence.js', '../../dist/config/rule-packs.js'];
const { writeEvidence } = (await import(EVIDENCE)) as {
  writeEvidence: (path: string, count: number, hours: number) => void;
};
const { packOf } = (await import(PACK)) as { packOf: (count: number) => string };
const { judgeEvidence } = (await import(JUDGE)) as { judgeEvidence: (judging: Judging) => { proof: Proof } };
const { loadRulePacks } = (await import(LOAD)) as {
  loadRulePacks: (paths: string[], options: { packsFolder: string }) => RulePack[];
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'idleproof-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digestOf = (one: unknown): string =>
  createHash('sha256').update(JSON.stringify(one)).digest('hex').slice(0, 16);

// Where what rules say changes on purpose, the file changes with it: `npx vitest run test/e2e/bench-rules.test.ts --update`.
it('a hundred rules say of the evidence of the benchmark what they said before judging was made faster', async () => {
  const path = join(folder, 'evidence.db');
  writeEvidence(path, 30_000, 1);
  const pack = join(folder, 'rules.yaml');
  writeFileSync(pack, packOf(100));
  const { proof } = judgeEvidence({
    path,
    window: null,
    packsFor: () => loadRulePacks([pack], { packsFolder: '/' }),
    options: { strict: false, acceptSampledMs: null },
  });
  const { rules, findings, coverage, targets } = proof;
  const lines = [
    ...rules.map((one) => `${one.id} ${one.verdict} ${digestOf(one)}`),
    ...findings.map((one) => `${one.id} ${one.count} ${digestOf(one)}`),
    `coverage ${digestOf(coverage)}`,
    `targets ${digestOf(targets)}`,
  ];
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../fixtures/bench-rules.txt');
});
