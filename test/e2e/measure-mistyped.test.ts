import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { MeasureRig } from '../support/measure-rig.ts';

let rig: MeasureRig;
beforeAll(() => {
  rig = new MeasureRig();
});
afterAll(() => rig.close());

describe('what is mistyped', () => {
  it.each([
    [['http', '--url', 'localhost:8000'], '--url'],
    [['http', '--url', 'http://127.0.0.1:1/', '--requests', '0'], '--requests'],
    [['http', '--url', 'http://127.0.0.1:1/', '--expect', 'p96 < 3s'], 'did you mean p9'],
    [['http', '--url', 'http://127.0.0.1:1/', '--for', '3'], '--for'],
    [['http', '--url', 'http://127.0.0.1:1/', '--header', 'nothing'], '--header'],
    [['http', '--url', 'http://127.0.0.1:1/', '--method', 'FETCH'], '--method'],
    [['startup', '--ready', 'port:99999', '--', 'true'], 'measure startup --help'],
    [['startup', '--ready', '3s', '--', 'true'], '--ready'],
    [['startup', '--ready', 'port:80'], 'MEASURE_COMMAND'],
    [['size', 'x', '--cwd', '/nowhere'], '--cwd'],
    [['run', '--', 'no-such-program-at-all'], 'COMMAND_NOT_STARTED'],
  ])('%j is a usage error', async (args, said) => {
    const { code, stderr } = await runCli(
      ['measure', ...args, ...(args.includes('--') ? [] : ['--out', rig.nextOut()])],
      { cwd: rig.folder },
    );
    expect(code, stderr).toBe(3);
    expect(stderr).toContain(said);
  });
});
