import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startControlServer } from '../../src/daemon/control/server.ts';
import type { ProofSummary } from '../../src/model/proof-summary.ts';
import { check, runCli } from '../support/cli.ts';
import { HostStub, statusOf } from '../support/daemon-status.ts';
import { isRoot } from '../support/programs.ts';

let folder: string;
let out: string;
let idle: ChildProcess;
let verdicts: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ip-report-'));
  out = join(folder, 'reports');
  idle = spawn('sleep', ['600'], { stdio: 'ignore' });
  verdicts = [];
  const busy = [process.execPath, '-e', 'setInterval(() => { for (let i = 0; i < 3e7; i += 1); }, 200)'];
  const args = ['--for', '3s', '--settle', '0s', '--out', out, '--rules', 'idle-budget'];
  for (const target of [
    ['--pid', String(idle.pid)],
    ['--pid', String(idle.pid)],
    ['--', ...busy],
  ]) {
    verdicts.push((await check([...args, ...target])).proof.verdict);
  }
});
afterAll(() => {
  idle.kill();
  rmSync(folder, { recursive: true, force: true });
});

const report = async (...args: string[]): Promise<ProofSummary> => {
  const { code, stdout, stderr } = await runCli(['report', '--json', ...args]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ProofSummary;
};

describe('idleproof report', () => {
  it('summarizes the proofs that check wrote', async () => {
    const summary = await report(out);
    expect(summary.total.windows).toBe(3);
    for (const verdict of ['pass', 'fail', 'inconclusive'] as const) {
      expect(summary.total.verdicts[verdict]).toBe(verdicts.filter((one) => one === verdict).length);
    }
    expect(summary.verdict).toBe('fail');
    expect(summary.findings.find(({ ruleId }) => ruleId === 'idle-cpu')).toMatchObject({
      windows: 1,
      count: 1,
    });
    expect(summary.trends.some(({ metric }) => metric === 'cpu.percent')).toBe(true);
    expect(summary).toMatchObject({ broken: [], unproved: [], superseded: [] });
  });

  it('is a page, the same each time, for what was asked', async () => {
    const first = await runCli(['report', out]);
    expect(first.stdout).toMatch(/^# FAIL: 3 windows: /);
    expect((await runCli(['report'], { cwd: folder })).stdout).toBe(first.stdout);
    expect((await report(out, '--since', '1h')).total.windows).toBe(3);
    const earlier = await report(out, '--since', '2020-01-01');
    expect(earlier.longestUnwatched!.seconds).toBeGreaterThan(1e8);
  });

  it('names what is broken, and goes on', async () => {
    const broken = join(folder, 'broken');
    mkdirSync(join(broken, 'cut'), { recursive: true });
    const [name = ''] = readdirSync(out);
    const text = readFileSync(join(out, name, 'proof.json'), 'utf8');
    writeFileSync(join(broken, 'cut', 'proof.json'), text.slice(0, 1000));
    const summary = await report(broken);
    expect(summary).toMatchObject({
      verdict: 'inconclusive',
      broken: [{ path: 'cut/proof.json', problem: 'it is not whole JSON' }],
    });
  });

  it('writes files, and never over one', async () => {
    const to = join(folder, 'summaries');
    const args = ['report', out, '--format', 'md,json', '--out', to];
    const { code, stdout } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${to}/summary.md\n${to}/summary.json\n` });
    expect(readdirSync(to).sort()).toEqual(['summary.json', 'summary.md']);
    const again = await runCli(args);
    expect(again.code).toBe(3);
    expect(again.stderr).toMatch(/REPORT_FOLDER.*EEXIST/);
  });

  const pageInto = (into: string): string[] => {
    const [run = ''] = readdirSync(out);
    return ['report', join(out, run, 'proof.json'), '--format', 'html', '--out', into];
  };

  it('leaves no part of a page where it ends before the page does', async () => {
    const cut = mkdtempSync(join(folder, 'cut-'));
    // The kernel ends a process that writes more into a file than it may (SIGXFSZ, setrlimit(2)).
    const { code } = await runCli(pageInto(cut), { inside: ['prlimit', '--fsize=20000', '--'] });
    expect(code).not.toBe(0);
    expect(readdirSync(cut)).not.toContain('proof.html');
    expect((await runCli(pageInto(cut))).code).toBe(0);
    expect(readFileSync(join(cut, 'proof.html'), 'utf8')).toMatch(/<\/html>\s*$/);
  });

  it.skipIf(!isRoot('a full disk'))('leaves nothing on a full disk', async () => {
    const disk = mkdtempSync(join(folder, 'disk-'));
    const script = `mount -t tmpfs -o size=16k none ${disk} && { "$0" "$@"; code=$?; ls -A ${disk}; exit $code; }`;
    expect(
      await runCli(pageInto(disk), { inside: ['unshare', '--mount', '--', 'sh', '-c', script] }),
    ).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/REPORT_FOLDER: .*no space/i) as string,
    });
  });

  it('asks the daemon where its proofs are', async () => {
    const state = join(folder, 'state');
    mkdirSync(state, { mode: 0o700 });
    const server = await startControlServer(state, new HostStub(statusOf({ reportsFolder: out })));
    expect((await report('--state', state)).total.windows).toBe(3);
    await server.close();
    const none = await runCli(['report', '--state', state]);
    expect(none.code).toBe(3);
    expect(none.stderr).toMatch(/DAEMON_NOT_RUNNING/);
  });

  it.each([
    ['a folder that is not there', ['/nonexistent'], /PROOFS_FOLDER.*ENOENT/],
    ['an unknown format', ['--format', 'pdf'], /«pdf» is not one of/],
    ['a date that is none', ['--since', 'tomorrow'], /--since/],
    ['a choice among one', ['reports/sample/quiet/proof.json', '--window', 'idle'], /--window: it chooses/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await runCli(['report', ...args]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('refuses a folder without proofs', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const { code, stderr } = await runCli(['report', empty]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/PROOFS_FOLDER: There are no proofs to report on in .*empty\./);
  });

  it('refuses a window that no proof is of', async () => {
    const { code, stderr } = await runCli(['report', out, '--window', 'nightly']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/no proof is of a window «nightly»; there are/);
  });
});
