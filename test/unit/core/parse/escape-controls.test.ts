import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../../../src/core/parse/escape-controls.ts';

describe('escapeControls', () => {
  it.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\nb\r', 'a\\x0ab\\x0d'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['größe 10 µs', 'größe 10 µs'],
  ])('%j', (text, harmless) => expect(escapeControls(text)).toBe(harmless));

  it('leaves no control character in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeControls(text)).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
      }),
    );
  });
});
