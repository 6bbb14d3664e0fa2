import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleTable } from '../../../../src/core/derive/sample-table.ts';
import type { Sample } from '../../../../src/model/sample.ts';

const sample = fc.record(
  {
    atMs: fc.integer({ min: 0, max: 30 }),
    processId: fc.integer({ min: 1, max: 3 }),
    cpuNs: fc.nat(),
    rssBytes: fc.nat(),
  },
  { requiredKeys: ['atMs', 'processId'] },
) as fc.Arbitrary<Sample>;

/** As they lie in two tables, each in order of time. */
const ofTwoTables = fc
  .tuple(fc.array(sample, { maxLength: 150 }), fc.array(sample, { maxLength: 150 }))
  .map((parts) => parts.flatMap((part) => part.toSorted((a, b) => a.atMs - b.atMs)));
const given = fc.oneof(fc.array(sample, { maxLength: 300 }), ofTwoTables);

describe('a table of samples', () => {
  it('tells what was read of each process, in order of time; what came at once, as it came', () => {
    fc.assert(
      fc.property(given, fc.integer({ min: 1, max: 3 }), (samples, id) => {
        const table = SampleTable.of(samples);
        const own = samples.filter(({ processId }) => processId === id).toSorted((a, b) => a.atMs - b.atMs);
        expect([...table.looksAt(id)]).toEqual(own.map(({ atMs }) => atMs));
        for (const metric of ['cpuNs', 'rssBytes'] as const) {
          const read = own.filter((one) => one[metric] !== undefined);
          const { atMs, values } = table.readings(id, metric);
          expect([...atMs]).toEqual(read.map((one) => one.atMs));
          expect([...values]).toEqual(read.map((one) => one[metric]));
        }
        expect(table.times).toEqual(new Set(samples.map(({ atMs }) => atMs)));
      }),
    );
  });

  it('has nothing of what was never read, and 0 where 0 was', () => {
    const table = SampleTable.of([{ atMs: 5, processId: 1, cpuNs: 0 }]);
    expect([...table.readings(1, 'cpuNs').values]).toEqual([0]);
    expect([...table.readings(1, 'wakeups').values]).toEqual([]);
    expect([...table.readings(2, 'cpuNs').values]).toEqual([]);
    expect([...table.looksAt(2)]).toEqual([]);
  });

  it('tells what came after it was asked, too', () => {
    const table = SampleTable.of([{ atMs: 5, processId: 1, cpuNs: 1 }]);
    const before = table.readings(1, 'cpuNs');
    table.add({ atMs: 4, processId: 1, cpuNs: 7 });
    expect([...before.values]).toEqual([1]);
    expect([...table.readings(1, 'cpuNs').values]).toEqual([7, 1]);
  });
});
