import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../support/cli.ts';
import { PACK } from '../support/rule-pack.ts';

const BROKEN = `pack: ours
rules:
  - id: no-calls
    kind: absence
    activity: network
    match: { directon: outbound }
    except:
      - { match: { remote.port: 443 }, reason: "TODO: ask", optional: true }
  - id: little-cpu
    kind: threshold
    metric: cpu.percnt
    expect: { mean: "< 0.5" }
`;

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

describe('idleproof rules lint', () => {
  it('finds nothing in the packs that ship, nor in a sound configuration', async () => {
    expect(await rules('lint')).toMatchObject({ code: 0, stderr: '' });
    write('sound.yaml', PACK);
    write(
      'idleproof.yaml',
      'targets: { app: { select: { port: 8000 } } }\nrules: [idle-budget, ./sound.yaml]\n',
    );
    expect(await rules('lint', 'idleproof.yaml', './sound.yaml')).toEqual({
      code: 0,
      stdout: 'no mistakes in 2 files\n',
      stderr: '',
    });
  });

  it('tells every mistake of every file at once, with its place and the nearest right word', async () => {
    write('broken.yaml', BROKEN);
    write('config.yaml', 'targets: { app: { select: { prt: 8000 } } }\n');
    write(
      'packs.yaml',
      'targets: { app: { select: { port: 8000 } } }\nrules: [idle-bugdet, ./broken.yaml]\n',
    );
    const { code, stdout } = await rules(
      'lint',
      './broken.yaml',
      'config.yaml',
      'packs.yaml',
      'no-pollin',
      'none.yaml',
    );
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      './broken.yaml:6:14: «directon» is not a field of network; did you mean direction?',
      expect.stringMatching(/^\.\/broken\.yaml:8:\d+: say why this is allowed/),
      './broken.yaml:11:13: «cpu.percnt» is not a metric; did you mean cpu.percent?',
      'config.yaml:1:27: exactly one selector is needed',
      expect.stringMatching(/^config\.yaml:1:\d+: «prt» is not a key here; did you mean port\?$/),
      expect.stringMatching(
        /^packs\.yaml:2:9: There is no rule pack idle-bugdet; did you mean idle-budget\?$/,
      ),
      ...Array.from({ length: 3 }, () => expect.stringContaining('broken.yaml:') as string),
      'no-pollin: There is no rule pack no-pollin; did you mean no-polling?',
      'none.yaml: The rule pack none.yaml cannot be read: there is no such file.',
      expect.stringMatching(/^\d+ mistakes in 5 files$/),
    ]);
    const json = JSON.parse((await rules('lint', '--json', './broken.yaml')).stdout) as unknown;
    expect(json).toMatchObject([
      { file: './broken.yaml', is: 'pack', problems: [{ line: 6, column: 14 }, { line: 8 }, { line: 11 }] },
    ]);
  });

  it('tells mistakes of a configuration, of the packs that it names and of what these name in it together', async () => {
    write('lost.yaml', PACK.replace('id: little-cpu', 'id: little-cpu\n    target: databse'));
    write('broken.yaml', BROKEN);
    write(
      'all.yaml',
      'tick: 1x\ntargets: { database: { select: { prt: 8000 } } }\nrules: [./lost.yaml, ./broken.yaml, idle-bugdet]\n',
    );
    const { code, stdout } = await rules('lint', 'all.yaml');
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^all\.yaml:1:7: /),
      expect.stringMatching(/^all\.yaml:2:\d+: exactly one selector/),
      expect.stringMatching(/^all\.yaml:2:\d+: «prt» is not a key here; did you mean port\?$/),
      ...Array.from({ length: 3 }, () => expect.stringContaining('broken.yaml:') as string),
      expect.stringMatching(/^all\.yaml:3:\d+: There is no rule pack idle-bugdet/),
      expect.stringMatching(/^all\.yaml:3:9: .*lost\.yaml:10:13: .*«databse».*; did you mean database\?$/),
      '8 mistakes in 1 file',
    ]);
    write('mistyped.yaml', 'tagrets: { database: { select: { port: 8000 } } }\nrules: [idle-bugdet]\n');
    expect((await rules('lint', 'mistyped.yaml')).stdout.trimEnd().split('\n').slice(0, -1)).toEqual([
      'mistyped.yaml:1:1: targets is missing; it is a map',
      'mistyped.yaml:1:1: «tagrets» is not a key here; did you mean targets?',
      expect.stringContaining('mistyped.yaml:2:9: There is no rule pack idle-bugdet'),
    ]);
  });

  it('tells a mistake once that is found on two ways', async () => {
    const config = write(
      'idleproof.yaml',
      `targets: { app: { select: { port: 8000 } } }\nrules: [${write('broken.yaml', BROKEN)}]\n`,
    );
    const { stdout } = await rules('lint', config, at('broken.yaml'));
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('3 mistakes in 2 files');
  });

  it('finds a rule for a target that a configuration does not watch', async () => {
    write('db.yaml', PACK.replace('id: little-cpu', 'id: little-cpu\n    target: databse'));
    write('two.yaml', 'targets: { database: { select: { port: 8000 } } }\nrules: [./db.yaml]\n');
    expect(await rules('lint', 'two.yaml')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^two\.yaml:2:9: .*db\.yaml:10:13: .*«databse».*; did you mean database\?/,
      ) as string,
    });
  });
});

describe('idleproof rules list, explain and schema', () => {
  it('lists packs and rules', async () => {
    const { code, stdout } = await rules('list', '--json');
    expect(code).toBe(0);
    const packs = JSON.parse(stdout) as {
      pack: string;
      default: boolean;
      rules: { id: string; kind: string }[];
    }[];
    const budget = packs.find(({ pack }) => pack === 'idle-budget');
    expect(budget).toMatchObject({ default: true, params: { memory: 'off' } });
    expect(budget?.rules).toContainEqual(
      expect.objectContaining({ id: 'idle-cpu', kind: 'threshold', severity: 'error' }),
    );
    write('sound.yaml', PACK);
    expect((await rules('list', './sound.yaml')).stdout).toMatch(
      /^ours\n +no-calls +absence +error +each target/,
    );
    expect(await rules('list', 'no-pollin')).toMatchObject({ code: 3, stdout: '' });
  });

  it('explains a rule: claim, why, evidence and its tier here', async () => {
    write('sound.yaml', PACK);
    const { code, stdout } = await rules('explain', 'no-calls', '--rules', './sound.yaml');
    expect(code).toBe(0);
    expect(stdout).toContain('nothing matching may happen');
    expect(stdout).toContain('match: direction is outbound');
    expect(stdout).toContain('Why: It works offline.');
    expect(stdout).toMatch(/sockets: (sampled|counter|unavailable)/);
    const json = await rules('explain', 'no-background-agents/background-tool-run', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject([
      { id: 'background-tool-run', evidence: [{ of: 'event', collectors: ['events'], here: [] }] },
    ]);
    write('slow.yaml', 'targets: { app: { select: { command: [sleep, "60"] } } }\ntick: 40s\n');
    expect(await rules('explain', 'idle-cpu', '--config', './slow.yaml')).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await rules('explain', 'idle-cpi')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('did you mean idle-cpu?') as string,
    });
  });

  it.each(['pack', 'config', 'examples'])('prints the JSON Schema of %s', async (of) => {
    const { code, stdout } = await rules('schema', '--of', of);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
    });
  });

  it('knows no other schema', async () => {
    expect(await rules('schema', '--of', 'proof')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('idleproof rules test', () => {
  const EXAMPLES = `examples:
  - name: quiet
    expect: { no-calls: pass, little-cpu: pass }
    verdict: pass
  - name: a call
    activities: [{ at: 10s, activity: network, remote.ip: 192.0.2.7, remote.port: 443 }]
    expect: { no-calls: { verdict: fail, reason: "192.0.2.7:443", findings: 1 } }
  - name: nobody looked
    gaps: [{ from: 10s, to: 40s }]
    expect: { ours/no-calls: inconclusive }
`;

  it('agrees with examples that lie beside a pack, and says what differs', async () => {
    write('sound.yaml', PACK);
    write('sound.test.yaml', EXAMPLES);
    expect(await rules('test', './sound.yaml')).toEqual({
      code: 0,
      stdout: './sound.test.yaml: 3 of 3 examples are as expected\n',
      stderr: '',
    });
    write('sound.test.yaml', EXAMPLES.replace('verdict: fail', 'verdict: pass'));
    const { code, stdout } = await rules('test', 'sound.test.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('DIFFERS: a call (sound.test.yaml)');
    expect(stdout).toContain('ours/no-calls (app): expected pass, found fail');
    const json = JSON.parse((await rules('test', '--json', 'sound.test.yaml')).stdout) as unknown;
    expect(json).toMatchObject([
      { examples: [{ differences: [] }, { differences: [{ found: 'fail' }] }, {}] },
    ]);
  });

  it('refuses a mistake in an example, as lint does', async () => {
    write('sound.yaml', PACK);
    write(
      'sound.test.yaml',
      EXAMPLES.replace('remote.ip: 192.0.2.7', 'remote.ipp: 192.0.2.7').replace('ours/no-calls', 'no-cals'),
    );
    const { code, stdout, stderr } = await rules('test', 'sound.test.yaml');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(
      'sound.test.yaml:6:48: «remote.ipp» is not a field of network; did you mean remote.ip?',
    );
    expect(stderr).toContain('«no-cals» is not a rule of the packs; did you mean no-calls?');
    expect((await rules('lint', 'sound.test.yaml')).stdout).toContain('2 mistakes in 1 file');
    expect(await rules('test', 'none.test.yaml')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('RULE_TEST_UNREADABLE') as string,
    });
  });
});
