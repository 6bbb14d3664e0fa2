import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../support/cli.ts';
import { MeasureRig, numberOf } from '../support/measure-rig.ts';

let rig: MeasureRig;
beforeAll(() => {
  rig = new MeasureRig();
});
afterAll(() => rig.close());

describe('measure size', () => {
  it('sums up files by pattern, raw and compressed, and knows none from nothing', async () => {
    const folder = join(rig.folder, 'site');
    mkdirSync(join(folder, 'a'), { recursive: true });
    writeFileSync(join(folder, 'a', 'one.js'), 'x'.repeat(10_000));
    writeFileSync(join(folder, 'two.js'), 'y'.repeat(20_000));
    writeFileSync(join(folder, 'three.css'), 'z');
    const { document, result } = await rig.measure(
      'size',
      '--cwd',
      folder,
      'js=**/*.js',
      'all=.',
      '--expect',
      'raw <= 30001B',
    );
    expect(result.code).toBe(0);
    expect(numberOf(document, 'size.raw', 'value', 'js')).toBe(30_000);
    expect(numberOf(document, 'size.raw', 'value', 'all')).toBe(30_001);
    expect(numberOf(document, 'size.gzip', 'value', 'js')).toBeLessThan(200);
    writeFileSync(join(folder, '\u009b31m\u202e.txt'), 'z');
    const hostile = await rig.measure('size', '--cwd', folder, '*.txt');
    const saved = hostile.document;
    expect(JSON.stringify(saved.facts)).toContain('\u202e.txt');
    expect(hostile.result.stdout).not.toMatch(/[\u009b\u202e]/);
    expect(hostile.result.stdout).toContain(String.raw`\u202e.txt`);
    const none = await runCli(['measure', 'size', '--cwd', folder, '*.html', '--out', rig.nextOut()]);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain('MEASURE_NO_FILES');
  });

  it('says which links it has left out', async () => {
    const folder = join(rig.folder, 'linked');
    for (const name of ['site/a', 'elsewhere']) mkdirSync(join(folder, name), { recursive: true });
    for (const name of ['site/one.js', 'site/a/two.js', 'elsewhere/three.js'])
      writeFileSync(join(folder, name), 'x'.repeat(1_000));
    const link = (target: string, name: string): void => symlinkSync(target, join(folder, 'site', name));
    link('one.js', 'again.js');
    link('../../elsewhere', 'a/vendor');
    link('nowhere', 'broken.css');
    link('.', 'a/loop');
    const cwd = join(folder, 'site');
    const { document, result } = await rig.measure('size', '--cwd', cwd, 'js=**/*.js', 'top=*.js', 'all=.');
    expect(numberOf(document, 'size.raw', 'value', 'js')).toBe(2_000);
    expect(document.facts['groups']).toMatchObject([
      { id: 'js', links: ['a/loop', 'a/vendor', 'again.js'], linksLeftOut: 3 },
      { id: 'top', links: ['again.js'], linksLeftOut: 1 },
      { id: 'all', links: ['a/loop', 'a/vendor', 'again.js', 'broken.css'], linksLeftOut: 4 },
    ]);
    expect(result.stdout).toContain('of **/*.js, 3 links (a/loop, a/vendor, again.js) are left out');
    expect(result.stdout).toContain('of *.js, 1 link (again.js) is left out');
    const through = await rig.measure('size', '--cwd', cwd, 'a/vendor/*.js');
    expect(numberOf(through.document, 'size.raw', 'value')).toBe(1_000);
    const none = await runCli(['measure', 'size', '--cwd', cwd, 'again.js', '--out', rig.nextOut()]);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain('(1 link (again.js) is left out)');
  });

  it.skipIf(process.geteuid?.() !== 0)(
    'is an error where a folder that the pattern is about cannot be read, and none where another one cannot',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'idleproof-closed-'));
      try {
        chmodSync(folder, 0o777);
        for (const name of ['open', 'closed']) {
          mkdirSync(join(folder, name));
          writeFileSync(join(folder, name, 'a.js'), 'x'.repeat(1_000));
        }
        chmodSync(join(folder, 'closed'), 0o000);
        const size = (pattern: string): Promise<CliResult> =>
          runCli(['measure', 'size', pattern, '--cwd', folder, '--json', '--out', join(folder, 'o')], {
            uid: 65_534,
            cwd: folder,
            env: { ...process.env, HOME: folder },
          });
        for (const pattern of ['**/*.js', '.', 'closed', '*/a.js']) {
          const { code, stderr } = await size(pattern);
          expect(code, pattern + stderr).toBe(3);
          expect(stderr).toContain('closed cannot be read (EACCES)');
        }
        expect((await size('open/**/*.js')).code).toBe(0);
        expect((await size('nowhere/**/*.js')).stderr).toContain('MEASURE_NO_FILES');
        expect((await size('open/a.js/*.js')).stderr).toContain('MEASURE_NO_FILES');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
