import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../support/cli.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program } from '../support/programs.ts';

const PAGE = `# Our app

Kept by hand: <not touched>.

<!-- idleproof:begin -->
<!-- idleproof:end -->

The end.
`;

describe.skipIf(!hasProgram('nginx'))('a page with what was measured of nginx, and its idle window', () => {
  let base: string;
  let reports: string;
  let page: string;
  let nginx: Program;
  let url: string;
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'idleproof-page-of-gates-'));
    [reports, page] = [join(base, 'reports'), join(base, 'README.md')];
    nginx = await startNginx();
    url = `http://127.0.0.1:${nginx.port}/`;
    writeFileSync(page, PAGE);
    writeFileSync(join(base, 'app.js'), 'x'.repeat(50_000));
  });
  afterAll(async () => {
    await nginx?.stop();
    rmSync(base, { recursive: true, force: true });
  });

  const http = (): Promise<CliResult> =>
    runCli(
      [
        'measure',
        'http',
        '--url',
        url,
        '--requests',
        '80',
        '--as',
        'web',
        '--id',
        'start',
        '--out',
        reports,
      ].concat(['p95 < 60s', 'http.throughput > 1000000000/s'].flatMap((text) => ['--expect', text])),
    );
  const write = (): Promise<CliResult> => runCli(['report', reports, '--into', page]);
  const rows = (): string[] =>
    readFileSync(page, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('|'));

  it('has a row for each gate with target, number, status and command, without a proof, too', async () => {
    expect((await http()).code).toBe(1);
    await runCli(['measure', 'size', 'bundle=app.js', '--cwd', base, '--as', 'web', '--out', reports]);
    const { code, stderr } = await write();
    expect(code, stderr).toBe(0);
    const text = rows().join('\n');
    expect(text).toMatch(
      /^\| measure http \| web \| p95 &lt; 60s \| start: p95 [^|]+ \| PASS \| `idleproof measure http [^|]+` \|$/mu,
    );
    expect(text).toMatch(
      /^\| measure http \| web \| http\.throughput &gt; 1000000000\/s \| [^|]+ \| FAIL \|/mu,
    );
    expect(text).toMatch(
      /^\| http\.latency \(start\) \| web \|  \| p50 [^|]+, p95 [^|]+ \(n = 80\) \| – \|/mu,
    );
    expect(text).toMatch(/^\| size\.raw \(bundle\) \| web \|  \| 50 kB \| – \|/mu);
    const whole = readFileSync(page, 'utf8');
    expect(whole.startsWith(PAGE.slice(0, PAGE.indexOf('<!-- idleproof:end')))).toBe(true);
    expect(whole.endsWith('<!-- idleproof:end -->\n\nThe end.\n')).toBe(true);
  });

  it('keeps the last runs to compare with, and the idle window beside them', async () => {
    const checked = await runCli(
      `check --port ${nginx.port} --for 3s --settle 0s --rules idle-budget --out ${reports}`.split(' '),
    );
    expect([0, 1, 2], checked.stderr).toContain(checked.code);
    expect((await http()).code).toBe(1);
    expect((await write()).code).toBe(0);
    const text = rows().join('\n');
    // The last of each, and not both.
    expect(text.match(/^\| measure http \| web \| p95 /gmu)).toHaveLength(1);
    expect(text).toMatch(/^\| [^|]+ \| port-\d+ \|.*\| (?:PASS|FAIL|PARTIAL) \| `idleproof check /mu);
    expect(text.match(/^\| [\dT:.Z-]+ \| http\.latency \(start\) \| web \| p50 /gmu)).toHaveLength(2);
    expect(readFileSync(page, 'utf8')).toContain('Last runs:');
    // Nothing has changed: the same bytes.
    expect((await write()).stdout).toContain('unchanged');
  });

  it('says which runs it leaves out that may be later: a proof that cannot be read, a run without one', async () => {
    const files = [
      ['damaged', 'proof.json'],
      ['cut-off', 'evidence.db'],
    ] as const;
    for (const [name, file] of files) {
      mkdirSync(join(reports, name));
      writeFileSync(join(reports, name, file), '{');
    }
    const { code, stderr } = await write();
    for (const [name] of files) rmSync(join(reports, name), { recursive: true });
    expect([code, stderr.trim().split('\n').sort()]).toEqual([
      0,
      ['cut-off: a later run, without a proof', expect.stringMatching(/^damaged\/proof\.json: /)],
    ]);
  });

  it('is not written from nothing', async () => {
    const { code, stderr } = await runCli(['report', reports, '--since', '2099-01-01', '--into', page]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('--since')]);
    const none = await runCli(['report', reports, '--window', 'nightly', '--into', page]);
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('there is no such proof')]);
  });
});
