import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEGIN_MARKER, END_MARKER, insertBetween } from '../../../src/render/between-markers.ts';

const page = (...lines: string[]): string => lines.join('\n');

describe('insertBetween', () => {
  it('replaces what is between the markers, twice the same', () => {
    const once = insertBetween(page('a', BEGIN_MARKER, 'old', END_MARKER, 'b'), 'new\n');
    expect(once).toEqual({ text: page('a', BEGIN_MARKER, '', 'new', '', END_MARKER, 'b') });
    expect(insertBetween((once as { text: string }).text, 'new')).toEqual(once);
  });

  it('sees a marker behind a byte order mark, and keeps both', () => {
    const head = `\u00EF\u00BB\u00BF${BEGIN_MARKER}`;
    expect(insertBetween(page(head, END_MARKER), 'new')).toEqual({
      text: page(head, '', 'new', '', END_MARKER),
    });
  });

  it.each([
    ['none', page('a', 'b'), 2, /there is no line/],
    ['no beginning', page('a', END_MARKER), 2, /and no/],
    ['no end', page('a', '', BEGIN_MARKER, 'x'), 3, /never closed/],
    ['two beginnings', page(BEGIN_MARKER, 'x', BEGIN_MARKER, END_MARKER), 3, /second/],
    ['two ends', page(BEGIN_MARKER, END_MARKER, END_MARKER), 3, /second/],
    ['the wrong order', page(END_MARKER, BEGIN_MARKER), 1, /before/],
    ['not alone on its line', page(`x ${BEGIN_MARKER}`, END_MARKER), 2, /and no/],
  ])('%s: says in which line', (_, text, line, problem) => {
    expect(insertBetween(text, 'new')).toEqual({ line, problem: expect.stringMatching(problem) as string });
  });

  it.each([
    ['backticks', ['```html'], ['```']],
    ['tildes, with backticks in it', ['~~~', '```'], ['~~~~ ']],
    ['more backticks than there are within', ['````', '```'], ['```', '````']],
    ['what looks like a fence and is none', ['``` a`b', '   ```'], ['``` x', '```']],
  ])('takes the markers in a code block for an example: %s', (_, open, close) => {
    const example = [...open, BEGIN_MARKER, 'x', END_MARKER, ...close];
    const indented = [BEGIN_MARKER, 'x', END_MARKER].map((line) => `    ${line}`);
    const place = [BEGIN_MARKER, END_MARKER];
    for (const [before, after] of [
      [[...example, ...indented], []],
      [[], [...example, ...indented]],
    ] as const) {
      expect(insertBetween(page(...before, ...place, ...after), 'new')).toEqual({
        text: page(...before, BEGIN_MARKER, '', 'new', '', END_MARKER, ...after),
      });
    }
    expect(insertBetween(page('a', ...example), 'new')).toEqual({
      line: open.length + 2,
      problem: expect.stringContaining('code block') as string,
    });
    expect(insertBetween(page(BEGIN_MARKER, ...example), 'new')).toEqual({
      line: 1,
      problem: expect.stringContaining('code block') as string,
    });
  });

  it('sees no end of a fence that is never closed', () => {
    expect(insertBetween(page('```', BEGIN_MARKER, END_MARKER), 'new')).toMatchObject({ line: 2 });
  });

  it('loses nothing outside, whatever is there', () => {
    const outside = fc
      .string({ unit: 'binary', maxLength: 20 })
      .filter((text) => !/idleproof:|```|~~~/.test(text));
    fc.assert(
      fc.property(outside, outside, fc.constantFrom('\n', '\r\n'), (before, after, end) => {
        const head = `${before}${end}${BEGIN_MARKER}`;
        const tail = `${END_MARKER}${end}${after}`;
        const inserted = insertBetween(`${head}${end}x${end}${tail}`, 'new');
        const { text } = inserted as { text: string };
        expect(text.startsWith(head)).toBe(true);
        expect(text.endsWith(tail)).toBe(true);
        expect(text.slice(head.length, -tail.length)).toBe(`${end}${end}new${end}${end}`);
      }),
    );
  });
});
