import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCapture } from '../../../../src/core/parse/expression.ts';

const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\d',
  '(?:ab|a)',
  '(?:a|ab)',
  '^',
  '$',
  '\\b',
);
const quantifier = fc.constantFrom(
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{2}',
  '{1,}?',
  '{0,3}',
  '{2,3}?',
);
const plain = fc
  .array(fc.tuple(atom, quantifier), { maxLength: 3 })
  .map((pieces) =>
    pieces
      .map(([one, often]) => (/^[\^$\\]/u.test(one) && one !== '\\w' && one !== '\\d' ? one : one + often))
      .join(''),
  );
const expression = fc
  .array(plain, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map((part, index) => `(?<g${index}>${part})`).join(''));
const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', ' ', '1', 'é'), maxLength: 9 });

describe('groups of regular expressions', () => {
  it("hold what the language's own hold", () => {
    fc.assert(
      fc.property(expression, fc.array(text, { maxLength: 6 }), (source, texts) => {
        const { capture } = compileCapture(source);
        const own = new RegExp(source, 'u');
        for (const one of texts) {
          const groups = own.exec(one)?.groups;
          expect([source, one, capture(one)]).toEqual([
            source,
            one,
            groups === undefined ? null : { ...groups },
          ]);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('are left out where they have no part', () => {
    expect(compileCapture('(?<a>x)|(?<b>y)').capture('y')).toEqual({ b: 'y' });
    expect(compileCapture('no groups').capture('no groups at all')).toEqual({});
  });

  it('take no longer on a text that nearly matches', () => {
    expect(compileCapture('^(?<a>(?:a+)+)$').capture(`${'a'.repeat(4096)}!`)).toBeNull();
    expect(compileCapture('(?<a>.*.*.*.*=.*);').capture('='.repeat(4096))).toBeNull();
  });
});
