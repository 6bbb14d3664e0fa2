import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { freePort, isRoot } from '../support/programs.ts';

let folder: string;
let out: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-bad-'));
  out = join(folder, 'reports');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NOT_A_PID = '4194000';

async function refused(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(['check', '--for', '2s', '--out', out, ...args]);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code, stderr).toBe(3);
  expect(stdout).toBe('');
  expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
  return stderr;
}

describe('bad input is one clear error, exit code 3, nothing written', () => {
  it.each([
    ['nothing to watch', [], /No target/],
    ['a pid that does not exist', ['--pid', NOT_A_PID], /no process 4194000/],
    ['pid 1', ['--pid', '1'], /\b1\b/],
    ['a pid that is no number', ['--pid', '12x'], /«12x»/],
    ['a name that matches nothing', ['--name', 'no-such-program-here'], /no-such-program-here/],
    ['a duration shorter than two ticks', ['--pid', '2', '--for', '1s'], /--for: 1s/],
    ['a duration without a unit', ['--pid', '2', '--for', '60'], /«60»/],
    ['an unknown option', ['--prot', '80'], /unknown option '--prot'.*--port/s],
    ['an unknown format', ['--pid', '2', '--format', 'jsn'], /json/],
    ['a word without --', ['nginx'], /--name nginx/],
    ['an unknown pack', ['--pid', '2', '--rules', 'idle-bugdet'], /idle-budget/],
    ['an unknown selector', ['--target', 'web=prot:80'], /port/],
    ['two events tables', ['--pid', '2', '--events', 'a.db', '--events', 'b.db'], /two events tables/],
    ['accepting less than a tick', ['--pid', '2', '--accept-sampled', '100ms'], /100ms/],
    ['a command that does not exist', ['--', 'no-such-command-here'], /no-such-command-here/],
  ])('%s', async (_, args, message) => {
    expect(await refused(args)).toMatch(message);
  });

  it('says nothing but the error: no warning of the runtime', async () => {
    expect(await refused(['--pid', NOT_A_PID])).toMatch(/^error PID_NOT_FOUND: [^\n]*\n {2}[^\n]*\n$/);
  });

  it.each([
    [['init', '--port', 'http'], 'init'],
    [['doctor', '--target', 'web=prot:80'], 'doctor'],
    [['doctor', '--for', '1s'], 'doctor'],
    [['rules', 'explain', 'idle-cpu', '--pid', '12x'], 'rules explain'],
    [['demo', '--for', '1s'], 'demo'],
    [['judge', 'evidence.db', '--format', 'jsn'], 'judge'],
    [['measure', 'http', '--url', 'http://127.0.0.1:1/', '--port', 'http'], 'measure http'],
    [['measure', 'startup', '--ready', 'prot:80', '--', 'true'], 'measure startup'],
  ])('%j points to the help of the command that was asked', async (args, command) => {
    const { code, stderr } = await runCli(args);
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/^error OPTION_INVALID: /);
    expect(stderr).toMatch(new RegExp(`^ {2}See idleproof ${command} --help\\.$`, 'm'));
  });

  it('advises no command to those who take none', async () => {
    for (const args of [['init'], ['init', 'nginx']]) {
      const { code, stderr } = await runCli(args, { cwd: folder });
      expect(code, stderr).toBe(3);
      expect(stderr).toContain('--name nginx');
      expect(stderr).not.toMatch(/after --|-- command/);
    }
  });

  it('its own pid', async () => {
    const script = `exec "${process.execPath}" dist/cli/main.js check --for 2s --pid $$ --out "${out}"`;
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(3);
  });

  it('a port that nobody listens on', async () => {
    const port = String(await freePort());
    expect(await refused(['--port', port])).toContain(port);
  });

  it.each([
    [
      'key',
      'rules:\n  - id: a\n    kind: absence\n    activty: network\n',
      /:5:5: «activty».*did you mean activity/,
    ],
    [
      'metric',
      'rules:\n  - id: a\n    kind: threshold\n    metric: cpu.procent\n    expect: { mean: "< 1" }\n',
      /:5:\d+: .*cpu\.procent.*cpu\.percent/,
    ],
    [
      'operator',
      'rules:\n  - id: a\n    kind: threshold\n    metric: cpu.percent\n    expect: { mean: "<< 1" }\n',
      /:6:\d+: «<<» is not an operator/,
    ],
  ])('a rule file with a typo in a %s', async (name, text, message) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, `pack: typo\n${text}`);
    const stderr = await refused(['--pid', '2', '--rules', file]);
    expect(stderr).toContain(file);
    expect(stderr).toMatch(message);
  });

  it('a report folder that cannot be written', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { code, stderr } = await runCli([
      'check',
      '--for',
      '2s',
      '--pid',
      String(process.ppid),
      '--out',
      join(file, 'x'),
    ]);
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('REPORT_FOLDER');
  });
});

describe.skipIf(!isRoot('a disk of its own that is full'))('a full disk', () => {
  it('is an error of the watchdog, exit code 4, never a verdict', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'idleproof-disk-'));
    const inside = [
      'unshare',
      '--mount',
      '--',
      'sh',
      '-c',
      `mount -t tmpfs -o size=48k none ${disk} && exec "$0" "$@"`,
    ];
    const idle = spawn('sleep', ['60'], { stdio: 'ignore' });
    const args = ['check', '--pid', String(idle.pid), '--for', '2s', '--settle', '0s', '--out', disk];
    const { code, stdout, stderr } = await runCli(args, { inside });
    idle.kill();
    rmSync(disk, { recursive: true, force: true });
    expect(code, stderr).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/EVIDENCE_WRITE|PROOF_WRITE/);
    expect(stderr).toMatch(/disk|space/i);
  });
});

describe.skipIf(!isRoot('a check by an ordinary user on a process of root'))('without permission', () => {
  it('is never a pass: what cannot be read is said', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const reports = mkdtempSync(join(tmpdir(), 'idleproof-nobody-'));
    try {
      const { chownSync } = await import('node:fs');
      chownSync(reports, 65_534, 65_534);
      const { code, stdout, stderr } = await runCli(
        ['check', '--json', '--pid', String(child.pid), '--for', '10s', '--settle', '0s', '--out', reports],
        { uid: 65_534 },
      );
      expect([2, 3], stderr).toContain(code);
      if (code === 2) expect(stdout).toMatch(/permission|not permitted/i);
    } finally {
      child.kill();
      rmSync(reports, { recursive: true, force: true });
    }
  });
});
