import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Proof } from '../../src/model/proof.ts';

interface Action {
  inputs: Record<string, { default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { steps: { id?: string; run: string; env?: Record<string, string> }[] };
}

const ACTION = parse(readFileSync('action.yml', 'utf8')) as Action;
const STEP = ACTION.runs.steps.find(({ id }) => id === 'check')!;

const EXIT = { pass: 0, fail: 1, inconclusive: 2 } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-action-'));
  const rule = (id: string, limit: string): string =>
    `pack: ${id}\nrules: [{ id: ${id}, title: T, failureTitle: F, kind: threshold, metric: cpu.seconds, minDuration: 1s, expect: { delta: "${limit}" } }]\n`;
  writeFileSync(join(folder, 'calm.yaml'), rule('calm', '< 100'));
  writeFileSync(join(folder, 'dead.yaml'), rule('dead', '< 0.01'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  code: number | null;
  said: string;
  /** As the runner takes them from GITHUB_OUTPUT. */
  outputs: Record<string, string>;
}

/** Runs the step as GitHub does: inputs that are left out have their defaults, expressions are filled in. */
function runStep(given: Record<string, string>): Ran {
  const fill = (text: string): string =>
    text.replaceAll(/\$\{\{ ([\w.]+) \}\}/gu, (_, name: string) => {
      if (name === 'github.action_path') return process.cwd();
      const input = name.replace('inputs.', '');
      return given[input] ?? ACTION.inputs[input]!.default;
    });
  const env = Object.fromEntries(Object.entries(STEP.env ?? {}).map(([name, text]) => [name, fill(text)]));
  const output = join(folder, 'github-output');
  writeFileSync(output, '');
  const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', fill(STEP.run)], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: '' },
  });
  const lines = readFileSync(output, 'utf8').split('\n').filter(Boolean);
  const outputs = Object.fromEntries(
    lines.map((line) => line.split(/=(.*)/su).slice(0, 2)),
  ) as Ran['outputs'];
  return { code: status, said: stdout + stderr, outputs };
}

const WATCHED = { for: '3s', settle: '0s' };
const proofIn = (run: string): Proof =>
  JSON.parse(readFileSync(join(folder, run, 'proof.json'), 'utf8')) as Proof;

describe('the GitHub action', () => {
  it('hands every input over, and tells every output', () => {
    const names = (texts: readonly string[], what: RegExp): string[] =>
      texts.flatMap((text) => [...text.matchAll(what)].map(([, name = '']) => name)).toSorted();
    expect(names(Object.values(STEP.env ?? {}), /inputs\.(\w+)/gu)).toEqual(
      Object.keys(ACTION.inputs).toSorted(),
    );
    const { outputs } = runStep({ ...WATCHED, for: 'never' });
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(ACTION.outputs).toSorted());
  });

  it('ends as the check does, with its verdict and its folder', () => {
    const { code, said, outputs } = runStep({
      ...WATCHED,
      command: 'echo up; exec sleep 600',
      rules: 'calm.yaml\n',
      args: '--accept-sampled=1s\n\n',
      out: 'my proofs',
      formats: 'json,junit',
    });
    expect(outputs['folder'], said).toMatch(/^my proofs\//u);
    const { verdict, rules } = proofIn(outputs['folder'] ?? '');
    expect(rules.map(({ pack }) => pack)).toContain('calm');
    expect([code, outputs['verdict']]).toEqual([EXIT[verdict], verdict]);
    expect(existsSync(join(folder, outputs['folder'] ?? '', 'proof.junit.xml'))).toBe(true);
  });

  it('fails where a rule is broken', () => {
    const command = 'while :; do :; done';
    const { code, outputs, said } = runStep({ ...WATCHED, command, rules: 'calm.yaml\ndead.yaml' });
    expect([code, outputs['verdict']], said).toEqual([1, 'fail']);
  });

  it('names no folder where the proof itself is printed', () => {
    const { code, outputs } = runStep({
      ...WATCHED,
      command: 'exec sleep 600',
      rules: 'calm.yaml',
      args: '--json',
    });
    expect(Object.values(EXIT)).toContain(code);
    expect(outputs['folder']).toBe('');
  });

  it.each([
    ['an option that there is not', { args: '--fro=60s' }],
    ['a pack that there is not', { rules: 'clam.yaml' }],
    [
      'what a shell would carry out',
      { rules: '$(touch seen)', out: '`touch seen`; touch seen', for: '"; touch seen; "' },
    ],
  ])('has no verdict, and ends with 3, for %s', (_, inputs) => {
    const { code, outputs, said } = runStep({ ...WATCHED, command: 'exec sleep 600', ...inputs });
    expect([code, outputs], said).toEqual([3, { verdict: '', folder: '' }]);
    expect(existsSync(join(folder, 'seen'))).toBe(false);
  });
});
