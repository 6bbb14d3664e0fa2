import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dimension } from '../../../../src/model/dimension.ts';
import { OPERATORS, compare, parseExpectation, foregone } from '../../../../src/core/rules/expectation.ts';
import { parseQuantity } from '../../../../src/core/rules/quantity.ts';

const BYTES: Dimension = { quantity: 'bytes', perSecond: false };
const BYTE_RATE: Dimension = { quantity: 'bytes', perSecond: true };
const PERCENT: Dimension = { quantity: 'percent', perSecond: false };
const SECONDS: Dimension = { quantity: 'seconds', perSecond: false };
const COUNT: Dimension = { quantity: 'count', perSecond: false };
const RATE: Dimension = { quantity: 'count', perSecond: true };

describe('parseQuantity', () => {
  it.each<[string, Dimension, number]>([
    ['50MB', BYTES, 50e6],
    ['1.5 GiB', BYTES, 1.5 * 1024 ** 3],
    ['7', BYTES, 7],
    ['1MB/h', BYTE_RATE, 1e6 / 3600],
    ['0.5', PERCENT, 0.5],
    ['0.5 %', PERCENT, 0.5],
    ['250ms', SECONDS, 0.25],
    ['5m', SECONDS, 300],
    ['10', RATE, 10],
    ['600/m', RATE, 10],
    ['1e3', COUNT, 1000],
  ])('%s', (text, dimension, value) => {
    expect(parseQuantity(text, dimension)).toBeCloseTo(value, 9);
  });

  it.each<[string, Dimension, string]>([
    ['50 mb', BYTES, '«mb» is not a unit of bytes'],
    ['50MB', PERCENT, '«MB» is not a unit of a percentage'],
    ['5s', COUNT, '«s» is not a unit of count, which has none'],
    ['1MB', BYTE_RATE, '«1MB» lacks the time: write 1MB/s or 1MB/h'],
    ['1MB/s', BYTES, '«1MB/s» is a rate, and this is bytes'],
    ['1MB/y', BYTE_RATE, '«y» is not a time'],
    ['much', BYTES, '«much» is not a number with a unit'],
    ['', BYTES, '«» is not a number with a unit'],
    ['1constructor', BYTES, '«constructor» is not a unit of bytes'],
    ['1e999', COUNT, '«1e999» is too large'],
  ])('%s is wrong', (text, dimension, problem) => {
    expect(parseQuantity(text, dimension)).toMatchObject({ problem });
  });
});

describe('parseExpectation', () => {
  it('takes each operator, with and without blanks', () => {
    for (const operator of OPERATORS) {
      expect(parseExpectation(`${operator}5`, COUNT)).toEqual({ operator, limit: 5 });
      expect(parseExpectation(`  ${operator}  5 `, COUNT)).toEqual({ operator, limit: 5 });
    }
  });

  it.each([
    ['5', '«5» lacks an operator, as in «< 5»'],
    ['=< 5', '«=<» is not an operator'],
    ['≤ 5', '«≤» is not an operator'],
    ['<', '«» is not a number with a unit'],
  ])('%s is wrong', (text, problem) => {
    expect(parseExpectation(text, COUNT)).toMatchObject({ problem });
  });

  it('any text is an expectation or a problem', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseExpectation(text, BYTES);
        expect('problem' in parsed || Number.isFinite(parsed.limit)).toBe(true);
      }),
    );
  });
});

describe('compare', () => {
  const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });

  it('agrees with the operators of the language', () => {
    fc.assert(
      fc.property(number, number, (value, limit) => {
        const kept = (operator: (typeof OPERATORS)[number]): boolean =>
          compare(value, { operator, limit }, false) === 'kept';
        expect([kept('<'), kept('<='), kept('>'), kept('>='), kept('=='), kept('!=')]).toEqual([
          value < limit,
          value <= limit,
          value > limit,
          value >= limit,
          value === limit,
          value !== limit,
        ]);
      }),
    );
  });

  it('says of a lower bound only what holds for every larger value', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPERATORS),
        number,
        number,
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (operator, value, limit, more) => {
          const said = compare(value, { operator, limit }, true);
          if (said !== 'open') expect(compare(value + more, { operator, limit }, false)).toBe(said);
        },
      ),
    );
  });

  it('knows nothing of what is not a number', () => {
    expect(compare(Number.NaN, { operator: '<', limit: 1 }, false)).toBe('open');
  });
});

describe('what is foregone of a value that is never negative', () => {
  it.each<[string, 'always' | 'never' | null]>([
    ['>= 0', 'always'],
    ['> -1', 'always'],
    ['!= -1', 'always'],
    ['< 0', 'never'],
    ['<= -1', 'never'],
    ['== -1', 'never'],
    ['<= 0', null],
    ['== 0', null],
    ['!= 0', null],
    ['> 0', null],
    ['< 1', null],
  ])('%s: %s', (text, expected) => {
    const expectation = parseExpectation(text, { quantity: 'count', perSecond: false });
    expect('problem' in expectation ? expectation : foregone(expectation)).toBe(expected);
  });
});
