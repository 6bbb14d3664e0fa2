import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Proof } from '../../src/model/proof.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { PACK } from '../support/rule-pack.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};
const rules = (...args: string[]): Promise<CliResult> => runCli(['rules', ...args], { cwd: folder });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('judge and rules suggest', () => {
  let run: string;
  const path = (name: string): string => join(run, name);

  beforeAll(async () => {
    const code = `require('node:fs').writeFileSync(${JSON.stringify(at('pid'))}, String(process.pid));
      const server = require('node:net').createServer((socket) => socket.on('error', () => {}).resume());
      server.listen(0, '127.0.0.1', () => setInterval(() => require('node:net').connect(server.address().port, '127.0.0.1'), 1500));`;
    await runCli([
      'check',
      '--for',
      '11s',
      '--settle',
      '0s',
      '--out',
      at('reports'),
      '--',
      process.execPath,
      '-e',
      code,
    ]);
    run = join(at('reports'), readdirSync(at('reports'))[0] ?? '');
  }, 60_000);

  it('gives the same bytes by the same rules', async () => {
    const proof = readFileSync(path('proof.json'), 'utf8');
    const { code, stdout } = await runCli(['judge', path('evidence.db'), '--json']);
    expect(stdout).toBe(proof);
    expect(code).toBe(1);
    const again = await runCli(['judge', path('evidence.db'), '--out', at('again')]);
    expect(again.code).toBe(1);
    const [name = ''] = readdirSync(at('again'));
    expect(readFileSync(join(at('again'), name, 'proof.json'), 'utf8')).toBe(proof);
  });

  it('judges by other rules', async () => {
    const other = write('other.yaml', PACK.replace('direction: outbound', 'remote.port: 1'));
    const { code, stdout } = await runCli([
      'judge',
      path('evidence.db'),
      '--rules',
      other,
      '--accept-sampled',
      '1s',
    ]);
    expect(stdout).toContain('The backend calls nobody');
    expect([0, 2]).toContain(code);
    const wrong = write('wrong.yaml', PACK.replace('id: little-cpu', 'id: little-cpu\n    target: databse'));
    for (const [args, error] of [
      [['--rules', wrong], 'wrong.yaml:10:13: the rule little-cpu is for a target «databse»'],
      [['--rules', 'idle-bugdet'], 'RULE_PACK_NOT_FOUND'],
      [['--window', 'night'], 'EVIDENCE_WINDOWS'],
      [['--format', 'pdf'], 'OPTION_INVALID'],
      [['--accept-sampled', '1'], 'OPTION_INVALID'],
    ] as const) {
      const refused = await runCli(['judge', path('evidence.db'), ...args]);
      expect(refused).toMatchObject({ code: 3, stdout: '' });
      expect(refused.stderr).toContain(error);
    }
    expect(await runCli(['judge', path('proof.json')])).toMatchObject({ code: 3 });
  });

  it('takes stored evidence as an example', async () => {
    write('sound.yaml', PACK);
    const example = (verdict: string): string =>
      `examples: [{ name: seen, evidence: ${JSON.stringify(path('evidence.db'))}, expect: { no-calls: ${verdict} } }]\n`;
    write('sound.test.yaml', example('fail'));
    expect(await rules('test', 'sound.test.yaml')).toMatchObject({ code: 0 });
    write('sound.test.yaml', example('pass'));
    expect(await rules('test', 'sound.test.yaml')).toMatchObject({ code: 1 });
  });

  it('suggests exceptions that are refused until they have reasons', async () => {
    const { code, stdout } = await rules('suggest', path('proof.json'));
    expect(code).toBe(0);
    const suggested = parse(stdout) as { extends: string[]; except: Record<string, unknown>[] };
    expect(suggested.extends).toContain('no-background-agents');
    expect(suggested.except).toContainEqual(
      expect.objectContaining({
        activity: 'network',
        match: expect.objectContaining({ 'remote.ip': '127.0.0.1' }) as object,
        reason: expect.stringContaining('TODO') as string,
      }),
    );
    expect(stdout).toMatch(/# node .* connected to 127\.0\.0\.1:\d+/);
    write('suggested.yaml', stdout);
    const refused = await rules('lint', 'suggested.yaml');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('say why this is allowed');
    const judged = await runCli(['judge', path('evidence.db'), '--rules', at('suggested.yaml')]);
    expect(judged).toMatchObject({ code: 3, stdout: '' });
    write(
      'suggested.yaml',
      stdout.replaceAll(/reason: .*/g, 'reason: it asks itself').replaceAll('every: TODO', 'every: 10s'),
    );
    expect(await rules('lint', 'suggested.yaml')).toMatchObject({ code: 0 });
    const excused = await runCli(['judge', path('evidence.db'), '--rules', at('suggested.yaml'), '--json']);
    const { findings } = JSON.parse(excused.stdout) as { findings: { ruleId: string }[] };
    expect(findings.map(({ ruleId }) => ruleId)).not.toContain('network-activity');
  });

  it("extends a pack of somebody's own by its path, and those that ship by their names and parameters", async () => {
    write(
      'theirs.yaml',
      `pack: theirs
extends: no-background-agents
rules:
  - { id: no-process, kind: threshold, metric: processes, expect: { max: "< 1" } }
`,
    );
    const given = ['./theirs.yaml', 'no-background-agents', 'idle-budget:memory=1MB'];
    await runCli(
      ['judge', path('evidence.db'), '--out', at('theirs'), ...given.flatMap((name) => ['--rules', name])],
      { cwd: folder },
    );
    const [name = ''] = readdirSync(at('theirs'));
    const proof = join(at('theirs'), name, 'proof.json');
    const refused = await rules('suggest', proof);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('a rule pack theirs');
    const { stdout } = await rules('suggest', proof, '--rules', './theirs.yaml');
    expect(parse(stdout)).toMatchObject({ extends: ['./theirs.yaml', 'idle-budget:memory=1MB'] });
    const filled = stdout
      .replaceAll(/reason: .*/g, 'reason: it asks itself')
      .replaceAll('every: TODO', 'every: 10s');
    write('filled.yaml', filled);
    expect(await rules('lint', 'filled.yaml')).toMatchObject({ code: 0, stderr: '' });
    const excused = await runCli(['judge', path('evidence.db'), '--rules', 'filled.yaml', '--json'], {
      cwd: folder,
    });
    const { findings } = JSON.parse(excused.stdout) as { findings: { ruleId: string }[] };
    expect(findings.map(({ ruleId }) => ruleId).sort()).toEqual([
      'idle-memory',
      'network-inbound',
      'no-process',
    ]);
  });

  it('writes nothing where there is nothing to suggest, and says so', async () => {
    const proof = JSON.parse(readFileSync(path('proof.json'), 'utf8')) as Proof;
    for (const rule of proof.rules) rule.findings = [];
    write('quiet.json', JSON.stringify({ ...proof, findings: [] }));
    const { code, stdout, stderr } = await rules('suggest', 'quiet.json');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^nothing to suggest/);
  });

  it('refuses what is no proof', async () => {
    expect(await rules('suggest', path('evidence.db'))).toMatchObject({ code: 3, stdout: '' });
  });
});
