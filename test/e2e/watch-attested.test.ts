import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-watch-attested-'));
  await runCli(['keys', 'new', '--out', at('k.key')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CONFIG = `
state: ./state
targets: { app: { select: { command: [sh, -c, "while true; do sleep 1; done"] } } }
windows: [{ id: whole, trigger: run, maxDuration: 10s, settle: 0s }]
reports: { dir: ./reports, formats: [junit, trace, intoto] }
`;

/** Folders of proofs. */
const runs = (): string[] =>
  readdirSync(folder).includes('reports')
    ? readdirSync(at('reports'), { withFileTypes: true })
        .filter((one) => one.isDirectory())
        .map(({ name }) => at(`reports/${name}`))
    : [];

it('signs the proof of each window, and they hold although the store has grown since', async () => {
  writeFileSync(at('idleproof.yaml'), CONFIG);
  const env = { ...process.env, IDLEPROOF_KEY: at('k.key') };
  const watch = startCli(['watch', '--config', at('idleproof.yaml')], { cwd: folder, env });
  let isOver = false;
  void watch.result.then(() => (isOver = true));
  const isProved = (run: string): boolean => readdirSync(run).includes('proof.intoto.jsonl');
  while (!isOver && runs().filter(isProved).length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  watch.child.kill('SIGTERM');
  const { code, stderr } = await watch.result;
  expect(code, stderr).toBe(0);
  expect(runs().length).toBeGreaterThanOrEqual(2);
  for (const run of runs()) {
    expect(readdirSync(run).sort()).toEqual([
      'proof.intoto.jsonl',
      'proof.json',
      'proof.junit.xml',
      'proof.trace.json',
    ]);
    const options = ['--evidence', at('state/evidence.db'), '--key', at('k.pub')];
    const verified = await runCli(['verify', join(run, 'proof.intoto.jsonl'), ...options]);
    expect(verified.stdout).toMatch(/^holds: /);
    expect(verified.stdout).not.toContain('only verdicts');
  }
  for (const args of [
    ['verify', join(runs()[0] ?? '', 'proof.intoto.jsonl'), '--key', at('k.pub')],
    ['verify', join(runs()[0] ?? '', 'proof.json')],
    ['report', join(runs()[0] ?? '', 'proof.json'), '--format', 'html'],
  ]) {
    const unfound = await runCli(args);
    expect(unfound).toMatchObject({ code: 3, stdout: '' });
    expect(unfound.stderr).toContain('evidence.db of the state folder');
  }
  expect((await runCli(['report', join(runs()[0] ?? '', 'proof.json')])).code).toBe(0);
});

it('does not begin without the key that its formats need', async () => {
  const { code, stderr } = await runCli(['watch', '--config', at('idleproof.yaml')], { cwd: folder });
  expect(stderr).toContain('error KEY_MISSING');
  expect(code).toBe(3);
});
