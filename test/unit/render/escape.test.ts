import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asCode, asCodeInCell, forMarkdown } from '../../../src/render/escape.ts';

describe('forMarkdown', () => {
  it.each([
    ['<img src=x onerror=1>', '&lt;img src=x onerror=1&gt;'],
    ['a|b', 'a\\|b'],
    ['[x](javascript:1)', '\\[x\\](javascript:1)'],
    ['see https://evil.example', 'see https&#58;//evil.example'],
    ['see www.evil.example', 'see www&#46;evil.example'],
    ['`code`', '\\`code\\`'],
  ])('%j', (text, harmless) => expect(forMarkdown(text)).toBe(harmless));

  it('never opens a tag or leaves its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(forMarkdown(text)).not.toMatch(/[<>\n\r]/);
      }),
    );
  });
});

describe('asCode', () => {
  it('fences with more backticks than the text holds', () => {
    expect(asCode('ls')).toBe('`ls`');
    expect(asCode('a `b` c')).toBe('`` a `b` c ``');
  });

  it('shows a bar as it is, and keeps it from ending a cell of a table', () => {
    expect(asCode("sh -c 'a | b'")).toBe("`sh -c 'a | b'`");
    expect(asCodeInCell("sh -c 'a | b'")).toBe("`sh -c 'a \\| b'`");
  });
});
