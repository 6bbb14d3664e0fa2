import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTracePage } from '../../../../src/core/parse/trace-page.ts';
import { tracePageHeader, tracePages } from '../../../support/trace-fixtures.ts';

const HEADER = tracePageHeader();
const MISSED_EVENTS = 2 ** 31;
const MISSED_STORED = 2 ** 30;
const PADDING = 29;
const TIME_EXTEND = 30;
const TIME_STAMP = 31;

/** A page with these words of data, as the kernel writes it. */
function pageOf(
  words: readonly number[],
  { atNs = 1000, flags = 0, commit = words.length * 4 } = {},
): DataView {
  const page = new DataView(new ArrayBuffer(HEADER.pageBytes));
  page.setBigUint64(0, BigInt(atNs), true);
  page.setUint32(8, commit + flags, true);
  for (const [index, word] of words.entries()) page.setUint32(16 + 4 * index, word, true);
  return page;
}

const event = (type: number, delta: number): number => delta * 32 + type;

function visited(page: DataView): { missed: number | null; records: number[][] } {
  const records: number[][] = [];
  const missed = parseTracePage(page, HEADER, (...record) => records.push(record));
  return { missed, records };
}

describe('parseTracePage', () => {
  it('adds up the times of short records', () => {
    const page = pageOf([event(1, 0), 0xaa, event(2, 30), 0xbb, 0xcc]);
    expect(visited(page)).toEqual({
      missed: 0,
      records: [
        [1000, 20, 4],
        [1030, 28, 8],
      ],
    });
  });

  it('reads long records, whose length stands in a word of its own', () => {
    const page = pageOf([event(0, 5), 4 + 120, ...Array<number>(30).fill(0), event(1, 5), 0]);
    expect(visited(page).records).toEqual([
      [1005, 24, 120],
      [1010, 148, 4],
    ]);
  });

  it('takes long pauses and absolute times', () => {
    const page = pageOf(
      [
        [event(TIME_EXTEND, 7), 3, event(1, 0), 0],
        [event(TIME_STAMP, 9), 100, event(1, 1), 0],
      ].flat(),
    );
    expect(visited(page).records).toEqual([
      [1000 + 3 * 2 ** 27 + 7, 28, 4],
      [100 * 2 ** 27 + 10, 44, 4],
    ]);
  });

  it('passes over discarded records, whose time counts, and stops at the padding of the rest', () => {
    const page = pageOf(
      [
        [event(PADDING, 50), 8, 0],
        [event(PADDING, 1), 4],
        [event(1, 2), 0],
        [event(PADDING, 0), 0xffffffff, 0xffffffff],
      ].flat(),
    );
    expect(visited(page)).toEqual({ missed: 0, records: [[1052, 40, 4]] });
  });

  it('keeps the nanoseconds of a machine that has been up for three months', () => {
    const atNs = 90 * 86_400e9 + 1;
    expect(visited(pageOf([event(1, 0), 0, event(1, 3), 0], { atNs })).records).toEqual([
      [atNs, 20, 4],
      [atNs + 3, 28, 4],
    ]);
  });

  describe('missed records', () => {
    it('are counted where the kernel stored their number behind the data', () => {
      const page = pageOf([event(1, 0), 0, 1695, 0], { flags: MISSED_EVENTS + MISSED_STORED, commit: 8 });
      expect(visited(page)).toMatchObject({ missed: 1695, records: [[1000, 20, 4]] });
    });

    it('are an unknown number where there was no room for it', () => {
      expect(visited(pageOf([event(1, 0), 0], { flags: MISSED_EVENTS })).missed).toBeNull();
      const full = pageOf([], { flags: MISSED_EVENTS + MISSED_STORED, commit: HEADER.pageBytes - 16 });
      expect(visited(full).missed).toBeNull();
    });

    it('are read from a page that was recorded after an overrun', () => {
      const [page] = tracePages('overrun.bin');
      const { missed, records } = visited(page!);
      expect(missed).toBe(1695);
      expect(records).toHaveLength(113);
    });
  });

  describe('what makes no sense is an unknown number of missed records', () => {
    it.each<[string, DataView]>([
      ['a page shorter than its header', new DataView(new ArrayBuffer(12))],
      ['more data than the page holds', pageOf([], { commit: HEADER.pageBytes })],
      ['a record that reaches beyond the data', pageOf([event(28, 0), 0])],
      ['a long record that reaches beyond the data', pageOf([event(0, 0), 12, 0])],
      ['a long record without room for its own length', pageOf([event(0, 0), 3, 0])],
      ['a discarded record that reaches beyond the data', pageOf([event(PADDING, 3), 2 ** 31])],
      ['half a time', pageOf([event(TIME_EXTEND, 3)])],
      ['part of a word', pageOf([event(1, 0), 0, 0], { commit: 10 })],
    ])('%s', (_, page) => {
      expect(visited(page).missed).toBeNull();
    });

    it('and the records before it are told', () => {
      expect(visited(pageOf([event(1, 4), 0, event(9, 1)]))).toEqual({
        missed: null,
        records: [[1004, 20, 4]],
      });
    });
  });

  it('never looks beyond a page, nor tells of records beyond it, whatever is in it', () => {
    const words = fc.uint32Array({ maxLength: 200 });
    const small = fc.nat({ max: 900 });
    fc.assert(
      fc.property(words, small, fc.boolean(), (data, commit, missedFlag) => {
        const page = new DataView(new ArrayBuffer(16 + data.byteLength));
        page.setUint32(8, commit + (missedFlag ? MISSED_EVENTS + MISSED_STORED : 0), true);
        for (const [index, word] of data.entries()) page.setUint32(16 + 4 * index, word, true);
        let end = 16;
        parseTracePage(page, HEADER, (atNs, offset, length) => {
          expect(atNs).toBeGreaterThanOrEqual(0);
          expect(offset).toBeGreaterThan(end);
          end = offset + length;
          expect(length).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(page.byteLength);
        });
      }),
      { numRuns: 2000 },
    );
  });
});
