import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, ruleOf } from '../support/cli.ts';
import { hasProgram } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';

const RUNNABLE = hasTrace() && hasProgram('python3');
const PROGRAM = fileURLToPath(new URL('../fixtures/programs/lost_children.py', import.meta.url));

let folder: string;
let rules: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-lost-'));
  rules = join(folder, 'sums.yaml');
  const cpu = '{ id: cpu, kind: threshold, metric: cpu.percent, expect: { mean: "< 5" } }';
  const disk = '{ id: disk, kind: threshold, metric: io.writtenBytes, expect: { sum: "< 1MB" } }';
  writeFileSync(rules, `pack: sums\nrules: [${cpu}, ${disk}]\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a rule says of a process whose children do something and are gone, where sampling is accepted. */
async function judged(id: 'cpu' | 'disk', how: string): Promise<ReturnType<typeof ruleOf>> {
  const written = id === 'disk' ? [join(folder, `written-${how}`)] : [];
  const app = spawn('python3', [PROGRAM, how, ...written], { stdio: 'ignore', detached: true });
  await once(app, 'spawn');
  try {
    const out = join(folder, `${id}-${how}`);
    const options = ['--settle', '1s', '--for', '10s', '--accept-sampled', '1s', '--out', out];
    const { proof } = await check([...options, '--rules', rules, '--pid', `${app.pid}`]);
    return ruleOf(proof, id);
  } finally {
    app.kill('SIGKILL');
  }
}

describe.skipIf(!RUNNABLE).concurrent('a sleeping process whose children act', () => {
  // Of each: a look may come while one of them lives, and find more than the rule allows.
  it.for([
    ['cpu', 'orphan'],
    ['cpu', 'sibling'],
    ['cpu', 'unsignalled'],
    ['cpu', 'ignored'],
    ['disk', 'orphan'],
    ['disk', 'sibling'],
    ['disk', 'unsignalled'],
    ['disk', 'ignored'],
  ] as const)('for whom it does not wait: %s, %s', async ([id, how]) => {
    const { verdict, reason } = await judged(id, how);
    if (verdict !== 'fail')
      expect({ verdict, reason }).toEqual({
        verdict: 'inconclusive',
        reason: expect.stringMatching(/it cannot be accepted|without being waited for/),
      });
  });

  it.for(['cpu', 'disk'] as const)('for whom it waits: %s', async (id) => {
    expect((await judged(id, 'waited')).verdict).toBe('fail');
  });
});
