import { expect, it } from 'vitest';
import { startCli } from '../support/cli.ts';

it.each([
  [['doctor'], 0],
  [['check', '--help'], 0],
  [['check', '--pid', '1', '--for', '2s'], 3],
])('%j goes on when nobody reads what it says', async (args, expected) => {
  const { child, result } = startCli(args);
  child.stdout?.destroy();
  const { code, stderr } = await result;
  expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
  expect(code).toBe(expected);
});
