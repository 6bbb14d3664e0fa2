import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { MeasureRig } from '../support/measure-rig.ts';

let rig: MeasureRig;
beforeAll(() => {
  rig = new MeasureRig();
});
afterAll(() => rig.close());

describe('measure run', () => {
  it('reads what github-action-benchmark reads, run by run', async () => {
    const script = `console.log(JSON.stringify([{ name: 'parse', unit: 'ms', value: 12.5 }, { name: 'rate', unit: 'ops/sec', value: 80 }]))`;
    const { document, result, evidence } = await rig.measure(
      'run',
      '--runs',
      '3',
      '--expect',
      'run.seconds.max < 13ms',
      '--',
      process.execPath,
      '-e',
      script,
    );
    expect(result.code, result.stderr).toBe(0);
    expect(document.measurements).toMatchObject([
      { name: 'run.seconds', id: 'parse', count: 3 },
      { name: 'run.rate', id: 'rate', count: 3 },
    ]);
    const { code } = await rig.judge(
      evidence,
      '  - { id: parse, kind: measurement, measurement: run.seconds, of: parse, expect: { p50: "< 13ms" } }',
    );
    expect(code).toBe(0);
  });

  it.each([
    ['a number that nothing can hold', `echo '{"a": 1e999}'`, 'the value of «a» is no number'],
    ['one that its unit makes too large', `echo '1e308 min'`, 'it is 1e+308 min, which is too large'],
  ])('%s is an error', async (_, script, problem) => {
    const out = rig.nextOut();
    const { code, stderr } = await runCli(['measure', 'run', '--out', out, '--', 'sh', '-c', script]);
    expect(code).toBe(3);
    expect(stderr).toContain(problem);
  });

  it('a run that fails is an error, whatever it printed', async () => {
    const { code, stderr } = await runCli([
      'measure',
      'run',
      '--runs',
      '2',
      '--out',
      rig.nextOut(),
      '--',
      'sh',
      '-c',
      'echo 12; exit 3',
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('it ended with exit code 3');
  });
});
