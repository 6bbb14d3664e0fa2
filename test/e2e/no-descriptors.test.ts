import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const MODULE = new URL('../../dist/session/measure/run.js', import.meta.url).href;

/** Leaves so many descriptors and runs a command; with fewer and fewer, since nobody knows how many that takes. */
const SCRIPT = `
import { closeSync, openSync } from 'node:fs';
import { probeRun } from '${MODULE}';
const held = [];
const take = () => { try { for (;;) held.push(openSync('/dev/null', 'r')); } catch {} };
const told = [];
const context = { signal: new AbortController().signal, onProgress() {}, announce() {}, note() {} };
for (let left = 30; left >= 0; left -= 1) {
  take();
  for (const fd of held.splice(0, left)) closeSync(fd);
  const probe = probeRun({ argv: ['echo', '1'], runs: 1, timeoutMs: 60000, unit: '', id: null });
  try {
    await probe(context);
    told.push('measured');
  } catch ({ name, code, message }) {
    told.push([code ?? name, message]);
  }
}
for (const fd of held) closeSync(fd);
console.log(JSON.stringify(told));
`;

it('says of a command for which no descriptor is left that too many files are open', () => {
  const command = 'ulimit -n 200 && exec "$0" --input-type=module -e "$1"';
  const stdout = execFileSync('sh', ['-c', command, process.execPath, SCRIPT], { encoding: 'utf8' });
  const told = JSON.parse(stdout) as ('measured' | [code: string, message: string])[];
  expect(told[0]).toBe('measured');
  const refused = told.filter((one) => one !== 'measured');
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused)
    expect(one).toEqual(['COMMAND_NOT_STARTED', expect.stringContaining('too many files open (EMFILE')]);
});
