import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileExpression,
  type ExpressionTest,
} from '../../../../../src/core/rules/expression/expression.ts';
import { Unbounded } from '../../../../../src/core/rules/expression/syntax.ts';

const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\d',
  '\\.',
  '\\x61',
  '\\u{62}',
  'é',
  '😀',
);
const edge = fc.constantFrom('^', '$', '\\b', '\\B');
const quantifier = fc.constantFrom('', '', '*', '+', '?', '*?', '{2}', '{1,}', '{0,3}', '{2,3}?');
const simple = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(atom, quantifier).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: edge },
);
const joined = (pieces: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(
      fc.array(pieces, { maxLength: 3 }).map((all) => all.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((options) => options.join('|'));
const group = fc
  .tuple(fc.constantFrom('(', '(?:'), joined(simple), quantifier)
  .map(([open, inner, often]) => `${open}${inner})${often}`);
// The language's own takes exponential time where groups are nested deeper.
const expression = joined(fc.oneof({ weight: 2, arbitrary: simple }, { weight: 1, arbitrary: group }));
const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', ' ', '1', 'é'), maxLength: 9 });

/** null: refused, since it is too large. */
function compiled(source: string): ExpressionTest | null {
  try {
    return compileExpression(source);
  } catch (error) {
    if (error instanceof Unbounded) return null;
    throw error;
  }
}

describe('regular expressions', () => {
  it("say what the language's own say", () => {
    fc.assert(
      fc.property(expression, fc.array(text, { maxLength: 6 }), (source, texts) => {
        const plain = new RegExp(source, 'u');
        const test = compiled(source);
        fc.pre(test !== null);
        for (const one of texts) expect([source, one, test(one)]).toEqual([source, one, plain.test(one)]);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '.*.*.*.*=.*;',
    '^(?:a?){30}a{4100}',
    '(a+a+)+y',
  ])('%s takes no longer on a text that it nearly matches', (source) => {
    expect(compiled(source)?.(`${'a'.repeat(4096)}!`) ?? false).toBe(false);
  });

  it.each([
    ['(a)\\1', 'it refers back to what a group has matched'],
    ['(?<x>a)\\k<x>', 'it refers back to what a group has matched'],
    ['a(?=b)', 'it looks around'],
    ['a(?!b)', 'it looks around'],
    ['(?<=a)b', 'it looks around'],
    ['(?<!a)b', 'it looks around'],
    ['(?:a{1000}){1000}', 'it is too large when its repetitions are written out'],
    ['(?:){1000000000}', 'it is too large when its repetitions are written out'],
  ])('%s is refused', (source, message) => {
    expect(() => compileExpression(source)).toThrow(new Unbounded(message));
  });

  it.each(['(', '[', 'a{2', '*', '\\', 'a)', '\\u{110000}', '(?<1>a)', '(?i:a'])('%s is none', (source) => {
    expect(() => compileExpression(source)).toThrow(SyntaxError);
  });
});
