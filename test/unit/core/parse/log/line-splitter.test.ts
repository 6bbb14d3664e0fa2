import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../../../src/core/parse/log/line-splitter.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (splitter: LineSplitter, ...pieces: string[]): (string | null)[] =>
  pieces.flatMap((piece) => splitter.feed(bytesOf(piece)).map(({ text }) => text));

describe('lines of a log', () => {
  it('ends lines as Unix and Windows do', () => {
    expect(texts(new LineSplitter(), 'one\ntwo\r\n\nfour')).toEqual(['one', 'two', '']);
  });

  it('joins a line that came in pieces, even of a character', () => {
    const splitter = new LineSplitter();
    const bytes = bytesOf('zwölf\n');
    expect([...bytes].flatMap((byte) => splitter.feed(Uint8Array.of(byte)))).toEqual([{ text: 'zwölf' }]);
    expect(splitter.hasPart).toBe(false);
  });

  it('tells what is there of a line without ending it', () => {
    const splitter = new LineSplitter();
    splitter.feed(bytesOf('one\nha'));
    expect(splitter.part()).toEqual({ text: 'ha' });
    expect(splitter.hasPart).toBe(true);
    expect(texts(splitter, 'lf\n')).toEqual(['half']);
  });

  it('keeps nothing of a buffer that is filled again', () => {
    const splitter = new LineSplitter();
    const buffer = Buffer.from('half ');
    splitter.feed(buffer);
    buffer.write('line\n');
    expect(splitter.feed(buffer)).toEqual([{ text: 'half line' }]);
  });

  it('loses a line that is too long, and none beside it', () => {
    const splitter = new LineSplitter(10);
    expect(texts(splitter, 'before\n', 'x'.repeat(8), 'x'.repeat(8), 'x'.repeat(8), '\nafter\n')).toEqual([
      'before',
      null,
      'after',
    ]);
  });

  it('keeps a bounded part of a line that never ends', () => {
    const splitter = new LineSplitter(10);
    for (let round = 0; round < 1000; round += 1) splitter.feed(new Uint8Array(1000).fill(120));
    expect(splitter.hasPart).toBe(true);
    expect(splitter.takePart()).toEqual({ text: null });
    expect(texts(splitter, 'next\n')).toEqual(['next']);
  });

  it('passes over the hole that a writer leaves that kept its place in a file that was cut', () => {
    const splitter = new LineSplitter(10);
    expect(splitter.feed(new Uint8Array(5000))).toEqual([]);
    expect(splitter.hasPart).toBe(false);
    expect(texts(splitter, 'after\n')).toEqual(['after']);
  });

  it('says the same however the bytes were cut into pieces', () => {
    const bytes = fc
      .uint8Array({ maxLength: 200 })
      .map((some) => some.map((byte) => (byte % 5 === 0 ? 10 : byte)));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200)), (all, cuts) => {
        const whole = new LineSplitter(30);
        const expected = [...whole.feed(all), whole.takePart()];
        const pieces = new LineSplitter(30);
        const edges = [0, ...cuts.filter((cut) => cut <= all.length).sort((a, b) => a - b), all.length];
        const lines = edges.slice(1).flatMap((edge, index) => pieces.feed(all.subarray(edges[index], edge)));
        expect([...lines, pieces.takePart()]).toEqual(expected);
      }),
    );
  });
});
