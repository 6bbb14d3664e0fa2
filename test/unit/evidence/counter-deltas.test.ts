import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packCounters, unpackCounters } from '../../../src/evidence/counter-deltas.ts';
import type { Row } from '../../../src/evidence/tables.ts';

const reading = (atMs: number, scope: string, values: object): Row => ({
  table: 'counter',
  values: [atMs, scope, JSON.stringify(values)],
});

const nothing = (): undefined => undefined;

/** Rows in order of time, with their bodies as values: the order of names has no meaning. */
const parsed = (rows: Iterable<Row>): unknown[] =>
  [...rows]
    .toSorted((one, other) => Number(one.values[0]) - Number(other.values[0]))
    .map(({ table, values }) => [table, values[0], values[1], JSON.parse(String(values[2])) as unknown]);

describe('packCounters', () => {
  it('keeps what changed, and says what is no longer read', () => {
    const rows = [
      reading(1, 'a', { x: 1, y: 2 }),
      reading(2, 'a', { x: 1, y: 3 }),
      reading(3, 'b', { x: 1 }),
      reading(4, 'a', { x: 1 }),
    ];
    expect(packCounters(rows, nothing).map(({ values }) => values)).toEqual([
      [1, 'a', '{"x":1,"y":2}'],
      [2, 'a', '[{"y":3},4,{"y":null}]'],
      [3, 'b', '{"x":1}'],
    ]);
  });

  it('gives back what was read, from any beginning that has whole readings', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(3));
    const readings = fc.array(fc.tuple(fc.constantFrom('s', 't'), values), { maxLength: 30 });
    fc.assert(
      fc.property(readings, fc.nat(30), (list, at) => {
        const rows = list.map(([scope, body], index) => reading(index, scope, body));
        const [before, after] = [rows.slice(0, at), rows.slice(at)];
        const last = (scope: unknown): string | undefined =>
          before.findLast((row) => row.values[1] === scope)?.values[2] as string | undefined;
        const packed = packCounters(after, last);
        const bases = ['s', 't'].flatMap((scope) => before.findLast((row) => row.values[1] === scope) ?? []);
        expect(parsed([...unpackCounters([...bases, ...packed])].slice(bases.length))).toEqual(parsed(after));
        expect(parsed(unpackCounters(packCounters(rows, nothing)))).toEqual(parsed(rows));
      }),
    );
  });

  it('leaves out a change of a reading that is not there, and lets other rows be', () => {
    const note: Row = { table: 'document', values: ['note', '1'] };
    expect([...unpackCounters([{ table: 'counter', values: [1, 'a', '[{"x":1},2,{}]'] }, note])]).toEqual([
      note,
    ]);
    expect(packCounters([note], nothing)).toEqual([note]);
  });
});
