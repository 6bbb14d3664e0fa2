import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../../../src/core/measure/baseline/evidence.ts';
import { measuredRun, measurementOf } from '../../../support/measured-runs.ts';

const one = (id: string, target = 'app') => measurementOf([1, 2, 3], { id, target });
const told = (...args: Parameters<typeof evidenceOf>) =>
  evidenceOf(...args).map(({ measurement: { id, target } }) => [id, target]);

describe('evidenceOf', () => {
  it('tells what the same runs measured, whether it was measured again or not', () => {
    const before = [measuredRun([one('a'), one('b')])];
    expect(told('v1', before, measuredRun([one('a')]))).toEqual([
      ['a', 'app'],
      ['b', 'app'],
    ]);
  });

  it('leaves out runs of something else', () => {
    const before = [measuredRun([one('a')]), measuredRun([one('b')])];
    expect(told('v1', before, measuredRun([one('a')]))).toEqual([['a', 'app']]);
    expect(told('v1', before, measuredRun([one('c')]))).toEqual([]);
  });

  it('takes a server on another port for the same target', () => {
    const before = [measuredRun([one('a', 'port-1'), one('b', 'port-1')])];
    expect(told('v1', before, measuredRun([one('a', 'port-2')]))).toEqual([
      ['a', 'port-2'],
      ['b', 'port-2'],
    ]);
  });

  it('says why runs cannot be compared', () => {
    const [before, after] = [{ concurrency: 1 }, { concurrency: 2 }].map((conditions) =>
      measuredRun([one('a')], { conditions }),
    );
    if (before === undefined || after === undefined) throw new Error('expected two runs');
    expect(evidenceOf('v1', [before], after).map(({ problem }) => problem)).toEqual([
      'measured under other conditions: concurrency 1, and then 2',
    ]);
  });
});
