import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
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
    const none = await runCli(['measure', 'size', '--cwd', folder, '*.html', '--out', rig.nextOut()]);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain('MEASURE_NO_FILES');
  });
});
