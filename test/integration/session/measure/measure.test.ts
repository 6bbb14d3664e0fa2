import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measure } from '../../../../src/session/measure/measure.ts';

let out: string;

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-measure-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

describe('measure', () => {
  it('says that results cannot be written, without a word of a proof, and leaves nothing', async () => {
    const plan = {
      kind: 'run',
      target: 'app',
      selector: { by: 'name', name: 'app' },
      id: null,
      expect: [],
      baseline: null,
      out,
      stateFolders: [],
      command: 'idleproof measure run',
      toolVersion: '0.1.0',
    } as const;
    const hooks = { signal: new AbortController().signal, onProgress: null, announce: () => () => {} };
    const measured = measure(
      plan,
      async ({ folder }) => {
        const stamp = basename(folder).slice(0, 'YYYY-MM-DD_HHMM'.length);
        mkdirSync(join(folder, `${stamp}_results.json`));
        return { measurements: [], facts: {} };
      },
      hooks,
    );
    await expect(measured).rejects.toMatchObject({
      code: 'MEASURE_WRITE',
      hint: expect.stringMatching(/--out.*measure again/),
    });
    expect(readdirSync(out)).toEqual([]);
  });
});
