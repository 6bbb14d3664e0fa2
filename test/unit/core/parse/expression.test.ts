import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, ExpressionError } from '../../../../src/core/parse/expression.ts';

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
  '\\x{62}',
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

describe('regular expressions', () => {
  it("say what the language's own say", () => {
    fc.assert(
      fc.property(expression, fc.array(text, { maxLength: 6 }), (source, texts) => {
        const plain = new RegExp(source.replaceAll('\\x{', '\\u{'), 'u');
        const test = compileExpression(source);
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
    '^(?:a?){30}a{1000}b',
    String.raw`(\pL{30}){30}b`,
    '(a+a+)+y',
  ])('%s takes no longer on a text that it nearly matches', (source) => {
    expect(compileExpression(source)(`${'a'.repeat(4096)}!`)).toBe(false);
  });

  it.each([
    ['a$', 'a\n', false],
    ['^b', 'a\nb', false],
    ['(?m)^b', 'a\nb', true],
    ['A', 'a', false],
    ['(?i)A', 'a', true],
    ['^.$', '😀', true],
    ['^.$', '\ud83d', true],
    ['^.$', '\n', false],
    ['(?s)^.$', '\n', true],
    ['^(?:GET|POST) /v1/\\d+\\z', 'GET /v1/17', true],
    [String.raw`^\Qa.b\E`, 'a.b', true],
    [String.raw`^\Qa.b\E`, 'axb', false],
  ])('%j on %j: %s', (source, one, expected) => {
    expect(compileExpression(source)(one)).toBe(expected);
  });

  it.each([
    ['(a)\\1', 'invalid escape sequence «\\1»'],
    ['(?<x>a)\\k<x>', 'invalid escape sequence «\\k»'],
    ['\\h', 'invalid escape sequence'],
    ['\\u0061b', 'invalid escape sequence «\\u»'],
    ['a(?=b)', 'invalid or unsupported Perl syntax «(?=»'],
    ['a(?!b)', 'invalid or unsupported Perl syntax «(?!»'],
    ['x(?<=a)b', 'invalid named capture «(?<=a)b»'],
    ['x(?<!a)b', 'invalid named capture «(?<!a)b»'],
    ['(?:a{1000}){1000}', 'invalid repeat count «{1000}»'],
    ['(?:){1000000000}', 'invalid repeat count «{1000000000}»'],
    ['a{1000}b{1000}', 'it is too large when its repetitions are written out'],
    ['x'.repeat(100_000), 'it is too large when its repetitions are written out'],
    ['('.repeat(1500) + ')'.repeat(1500), 'expression nests too deeply'],
    ['(', 'missing closing )'],
    ['a[', 'missing closing ] «[»'],
    ['a)', 'unexpected )'],
    ['a+*', 'invalid nested repetition operator «+*»'],
    ['*', 'missing argument to repetition operator'],
    ['\\', 'trailing backslash at end of expression'],
    ['a[c-b]', 'invalid character class range «c-b»'],
    ['\\x{110000}', 'invalid escape sequence «\\x{110000»'],
    ['\\p{Nobody}', 'invalid character class range'],
  ])('%.40s is refused', (source, message) => {
    expect(() => compileExpression(source)).toThrow(new ExpressionError(message));
  });

  it('any text is an expression or refused', () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        ...String.raw`( ) [ ] { } * + ? | \ ^ $ . - , 0 9 \d \pL \u \x{ \Q \E (?: (?i) (?P< (?< > [[: :]]`.split(
          ' ',
        ),
      ),
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.string({ unit: 'binary' }), (parts, one) => {
        try {
          expect([true, false]).toContain(compileExpression(parts.join(''))(one));
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
