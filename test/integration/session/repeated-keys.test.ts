import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseBaseline } from '../../../src/core/measure/baseline/pinned.ts';
import { readKeptResults, readSheetBeside } from '../../../src/session/proofs/kept-results.ts';
import { readMeasuredRun } from '../../../src/session/proofs/measured-run.ts';
import { measuredRun, measurementOf } from '../../unit/support/measured-runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'idleproof-test-repeated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Results of a run in which a key stands twice, as another tool or a hand may have left them. */
const doubled = (key: string): string => {
  const text = JSON.stringify({ ...measuredRun([measurementOf([1, 2, 3])]), expected: [] }, null, 2);
  return text.replace(`"${key}":`, `"${key}": null,\n "${key}":`);
};

describe('a file in which an object has a key twice', () => {
  const path = join(folder, 'startup_results.json');

  it('is no result, and says where', () => {
    writeFileSync(path, doubled('measurements'));
    const told = /«measurements» twice in one object \(line \d+, column \d+\)/;
    expect(() => readMeasuredRun(path)).toThrow(told);
    const { results, broken } = readKeptResults(folder);
    expect(results).toEqual([]);
    expect(broken).toEqual([expect.stringMatching(told)]);
  });

  it('is a result without the second one', () => {
    writeFileSync(path, doubled('none'));
    expect(readMeasuredRun(path).run.measurements).toHaveLength(1);
  });

  it('is no gate sheet', () => {
    writeFileSync(join(folder, 'gates.json'), '{"gates": [],\n "gates": []}');
    expect(() => readSheetBeside(folder, 'PASS')).toThrow('«gates» twice in one object (line 2, column 2)');
  });

  it('is no baseline', () => {
    const text = JSON.stringify({ schemaVersion: 1, name: 'a', pinnedAtMs: 0, proofs: [], windows: [] });
    expect(parseBaseline(text)).not.toBeNull();
    expect(parseBaseline(text.replace('"name":', '"name":"b","name":'))).toBeNull();
  });
});
