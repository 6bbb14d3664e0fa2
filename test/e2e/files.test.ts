import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, ruleOf, runCli } from '../support/cli.ts';
import { checkWhile } from '../support/phases.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program } from '../support/programs.ts';
import { expectLookedAt } from '../support/looked-at.ts';

const RUNNABLE = hasProgram('nginx');
const PACK = `pack: quiet-files
rules:
  - id: no-writes
    title: Nothing is written
    failureTitle: Files are written while idle
    kind: absence
    activity: file
`;
let base: string;
let pack: string;
let nginx: Program;

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-files-')));
  pack = join(base, 'quiet-files.yaml');
  writeFileSync(pack, PACK);
  if (RUNNABLE) nginx = await startNginx();
});
afterAll(async () => {
  await nginx?.stop();
  rmSync(base, { recursive: true, force: true });
});

/** Watches nginx and a folder of its own; `meddle` does what it does in the window. The run's own folder lies in the watched one. */
async function watchFolder(name: string, meddle: (folder: string) => void, args: string[] = []) {
  const folder = join(base, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'app.log'), 'before\n');
  const files = ['--files', folder, '--out', join(folder, 'reports')];
  const window = ['--for', '11s', '--settle', '1s', '--rules', pack];
  const result = await checkWhile(['--port', String(nginx.port), ...files, ...window, ...args], () =>
    meddle(folder),
  );
  return { ...result, folder, rule: ruleOf(result.proof, 'no-writes') };
}

describe.skipIf(!RUNNABLE)('check --files on nginx (Debian)', () => {
  it.concurrent("passes while nobody writes but the watchdog itself into its run's folder", async (test) => {
    const { rule, code, proof } = await watchFolder('quiet', () => {});
    expect(proof.notWatched).not.toContain('files');
    expect(proof.coverage.collectors.find(({ name }) => name === 'files')).toMatchObject({ status: 'ok' });
    expect(rule.tier).toBe('counter');
    expectLookedAt(test, proof);
    expect(rule.verdict, rule.reason ?? '').toBe('pass');
    expect(code).toBe(0);
  });

  it.concurrent('takes no rule on a path that leads to the watched folder through a link', async () => {
    const [release, current] = ['releases', 'current'].map((name) => join(base, 'deployed', name));
    const data = join(release ?? '', '42', 'data');
    mkdirSync(data, { recursive: true });
    symlinkSync(join(release ?? '', '42'), current ?? '');
    const linked = join(current ?? '', 'data');
    const rulesOn = (path: string): string => {
      const rules = join(base, 'deployed', 'rules.yaml');
      const match = `{ "path|startswith": ${path}/ }`;
      writeFileSync(
        rules,
        `pack: deployed\nrules: [{ id: no-data, kind: absence, activity: file, match: ${match} }]\n`,
      );
      return rules;
    };
    const args = ['--port', String(nginx.port), '--files', linked, '--for', '11s', '--settle', '1s'];
    const reports = join(base, 'deployed', 'reports');
    const out = ['--out', reports];
    const refused = await runCli(['check', ...args, ...out, '--rules', rulesOn(linked)]);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('RULE_PATH_UNWATCHED') });
    expect(refused.stderr).toContain(`what is watched is ${data}`);
    const found = await checkWhile([...args, ...out, '--rules', rulesOn(data)], () =>
      writeFileSync(join(linked, 'app.db'), 'a row'),
    );
    expect(ruleOf(found.proof, 'no-data').verdict).toBe('fail');
    const [run = ''] = readdirSync(reports);
    const evidence = join(reports, run, 'evidence.db');
    const judged = await runCli(['judge', evidence, '--rules', rulesOn(linked)]);
    expect(judged).toMatchObject({ code: 3, stderr: expect.stringContaining(`what is watched is ${data}`) });
  });

  it.concurrent('fails on a write, and names the file and when', async () => {
    const { rule, code, folder } = await watchFolder('written', (target) => {
      appendFileSync(join(target, 'app.log'), 'a line\n');
    });
    expect(code).toBe(1);
    expect(rule.findings).toMatchObject([
      { count: 1, subject: { path: join(folder, 'app.log') }, kind: 'absence' },
    ]);
    expect(rule.findings[0]?.text).toContain(`wrote ${join(folder, 'app.log')}`);
  });

  it.concurrent('says that files are not watched where a rule asks for them and no folder was named', async () => {
    const args = ['--port', String(nginx.port), '--for', '2s', '--settle', '0s', '--rules', pack];
    const { proof } = await check([...args, '--out', join(base, 'unnamed')]);
    expect(proof.headline).toContain('files: not watched');
    expect(ruleOf(proof, 'no-writes').verdict).toBe('notApplicable');
  });

  it.concurrent.each([
    ['a folder that is not there', 'missing', 'it does not exist'],
    ['a file', 'quiet-files.yaml', 'it is not a folder'],
  ])('refuses %s, and leaves nothing behind', async (_, name, problem) => {
    const out = join(base, `refused-${name}`);
    const args = ['check', '--port', String(nginx.port), '--files', join(base, name), '--out', out];
    const { code, stderr } = await runCli(args);
    expect(code).toBe(3);
    expect(stderr).toContain(`FILES_FOLDER: The folder ${join(base, name)} cannot be watched: ${problem}`);
    if (existsSync(out)) {
      expect(readdirSync(out)).toEqual([]);
    }
  });
});
