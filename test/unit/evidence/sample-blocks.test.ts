import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DamagedRows } from '../../../src/evidence/damaged-rows.ts';
import { documentRow, sampleRow } from '../../../src/evidence/rows.ts';
import { blockOf, packSamples, readBlock, unpackSamples } from '../../../src/evidence/sample-blocks.ts';
import type { Row } from '../../../src/evidence/tables.ts';
import type { Sample } from '../../../src/model/sample.ts';

const value = fc.oneof(
  fc.nat(5),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  // Counters that go backwards, by more than a number tells exactly.
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 52 + 1, -1),
);

/** Dense and sparse metrics, in any order of looks and processes. */
const sample = fc.record(
  {
    atMs: fc.oneof(fc.nat(4), fc.double({ min: 1e12, max: 2e12, noNaN: true })),
    processId: fc.integer({ min: 1, max: 4 }),
    cpuNs: value,
    wakeups: value,
    rssBytes: value,
  },
  { requiredKeys: ['atMs', 'processId', 'cpuNs'] },
) as fc.Arbitrary<Sample>;

const looks = fc
  .tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.array(fc.array(value, { minLength: 6, maxLength: 6 }), { maxLength: 9 }),
  )
  .map(([processes, all]) =>
    all.flatMap((values, look) =>
      values
        .slice(0, processes)
        .map((cpuNs, at): Sample => ({ atMs: look + 0.25, processId: at + 1, cpuNs, wakeups: look })),
    ),
  );

const isBlock = ({ table }: Row): boolean => table === 'sample_block';

/** Of six processes, of which one has ended at the last look. */
function threeLooks(): Row | undefined {
  const rows = [1000.5, 2000.25, 3000].flatMap((atMs, look) =>
    Array.from({ length: look === 2 ? 5 : 6 }, (_, at) =>
      sampleRow({
        atMs,
        processId: at + 1,
        cpuNs: 1e12 + look * 7 + at,
        ...(look === 1 && at === 2 ? { rssBytes: 4096 } : {}),
      }),
    ),
  );
  return packSamples(rows)[0];
}

describe('samples of a batch', () => {
  it('come back as they were, whatever each of them has', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(sample, { maxLength: 60 }), looks), (samples) => {
        const rows = samples.map(sampleRow);
        const packed = packSamples(rows);
        expect(unpackSamples(packed)).toEqual(rows);
        expect(packed.some(isBlock)).toBe(rows.length >= 16);
        if (rows.length >= 16) expect(packed).toHaveLength(1);
      }),
    );
  });

  it('stand beside the other rows, which stay as they are', () => {
    const notes = [documentRow('note', 'a'), documentRow('note', 'b')];
    const rows = Array.from({ length: 20 }, (_, at) => sampleRow({ atMs: at, processId: 1, cpuNs: at }));
    const packed = packSamples([notes[0]!, ...rows, notes[1]!]);
    expect(packed.filter((row) => !isBlock(row))).toEqual(notes);
    expect(unpackSamples(packed)).toEqual([...notes, ...rows]);
  });

  it('are rows where few, and where a value is none that could be told exactly', () => {
    const rows = Array.from({ length: 16 }, (_, at) => sampleRow({ atMs: at, processId: 1, cpuNs: at }));
    expect(packSamples(rows).map(({ table }) => table)).toEqual(['sample_block']);
    expect(packSamples(rows.slice(1))).toEqual(rows.slice(1));
    const odd = [0.5, 2 ** 53, Number.NaN].map((cpuNs): Sample => ({ atMs: 99, processId: 1, cpuNs }));
    for (const atMs of [Number.NaN, Number.POSITIVE_INFINITY]) odd.push({ atMs, processId: 1, cpuNs: 1 });
    odd.push({ atMs: 99, processId: Number.NaN, cpuNs: 1 });
    for (const one of odd) expect(packSamples([...rows, sampleRow(one)])).toEqual([...rows, sampleRow(one)]);
  });

  it('are told whole where what they grew by is no exact number', () => {
    const large = [2 ** 53 - 1, -(2 ** 53) + 2, 0].flatMap((cpuNs, look) =>
      Array.from({ length: 6 }, (_, at) =>
        sampleRow({ atMs: look, processId: at + 1, cpuNs, wakeups: look }),
      ),
    );
    const [block] = packSamples(large);
    expect(JSON.parse(String(block?.values[3]))).toEqual({
      looks: [[0, 1, 2, 3, 4, 5, 6], [1], [2]],
      cpuNs: [large.map((__, at) => at), large.map(({ values }) => values[2])],
      wakeups: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    });
    expect(unpackSamples(packSamples(large))).toEqual(large);
    // As SQLite gives back what was no exact number before.
    const odd = [2 ** 53 + 2, 2 ** 60, 3].map((cpuNs, atMs) => sampleRow({ atMs, processId: 1, cpuNs }));
    expect(unpackSamples([blockOf(odd)])).toEqual(odd);
  });

  it('name the time of the first and of the last of them, in whatever order they stand', () => {
    const rows = Array.from({ length: 16 }, (_, at) =>
      sampleRow({ atMs: (at * 7) % 16, processId: at + 1, cpuNs: at }),
    );
    expect(packSamples(rows)[0]?.values.slice(0, 3)).toEqual([0, 15, 16]);
  });

  it.each([
    ['a metric by another name', '"cpuNs":', '"cpuNt":'],
    ['a value less', ',7],', '],'],
    ['a process less', ',6],', '],'],
    ['a look more', '],[2000.25],', '],[2000.25],[2001],'],
    ['the place of no sample', '[[8]', '[[88]'],
    ['a place and no value', '[[8]', '[[8,9]'],
    ['a place between two samples', '[[8]', '[[0.5]'],
    ['a place that is text', '[[8]', '[["8"]'],
    ['a value that is text', '[4096]', '["4096"]'],
    ['a value that is nothing', '[4096]', '[null]'],
    ['what it grew by is nothing', ',7]', ',null]'],
    ['what it grew by is a list', ',7]', ',[7]]'],
    ['a look at no time', '[2000.25]', '[null]'],
    ['a look that is empty', '[2000.25]', '[]'],
    ['a process that is text', ',6],', ',"6"],'],
  ])('are not read from a damaged block: %s', (_, from, to) => {
    const body = String(threeLooks()?.values[3]);
    expect(body).toContain(from);
    expect(() => readBlock(17, body.replace(from, to))).toThrowError(DamagedRows);
    expect(() => readBlock(16, body)).toThrowError(DamagedRows);
  });

  it.each(['', 'looks', 'looks.1', 'cpuNs', 'rssBytes', 'rssBytes.1'])(
    'are not read from a block of another shape: something else in the place of «%s»',
    (place) => {
      const body = JSON.parse(String(threeLooks()?.values[3])) as unknown;
      const path = place.split('.').filter((key) => key !== '');
      for (const other of [null, true, 'a', 7, {}]) {
        const text = JSON.stringify(replaced(body, path, other));
        expect(() => readBlock(17, text), text).toThrowError(DamagedRows);
      }
    },
  );

  it.each(['', '{', '{"looks":', null])('are not read from what is no JSON: %s', (text) => {
    expect(() => readBlock(17, text)).toThrowError(DamagedRows);
  });

  it.each([
    ['a value less', ',1]', ']'],
    ['a value more', ',1]', ',1,1]'],
    ['a look less', ',[9]', ''],
  ])('are not read from a damaged block of the same processes at all looks: %s', (_, from, to) => {
    const rows = Array.from({ length: 20 }, (__, at) =>
      sampleRow({ atMs: at >> 1, processId: 1 + (at & 1), cpuNs: at >> 1 }),
    );
    const body = String(packSamples(rows)[0]?.values[3]);
    expect(readBlock(20, body).metrics.map(({ values }) => values)).toEqual([
      rows.map((_row, at) => at >> 1),
    ]);
    expect(body).toContain(from);
    expect(() => readBlock(20, body.replace(from, to))).toThrowError(
      'a block of samples is not what was written',
    );
  });

  it('are told by what they grew by, each look with its processes where they are others', () => {
    const block = threeLooks();
    expect(block?.values.slice(0, 3)).toEqual([1000.5, 3000, 17]);
    const body = String(block?.values[3]);
    expect(JSON.parse(body)).toEqual({
      looks: [[1000.5, 1, 2, 3, 4, 5, 6], [2000.25], [3000, 1, 2, 3, 4, 5]],
      cpuNs: [0, 1, 2, 3, 4, 5].map((at) => 1e12 + at).concat(Array.from({ length: 11 }, () => 7)),
      rssBytes: [[8], [4096]],
    });
    expect(readBlock(17, body).metrics.map(({ metric }) => metric)).toEqual(['cpuNs', 'rssBytes']);
  });
});

/** The same with another value in the place of a part of it. */
function replaced(of: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(of) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}
