import { describe, expect, it } from 'vitest';
import { BIT_RATE, durationText, sayNoUnitText } from '../../../../src/core/parse/unit-text.ts';

const SPAN = durationText('a duration longer than 0, such as 30s', (ms) => ms > 0);

describe('what is no number with a unit', () => {
  it.each([
    [10, '«10» lacks a unit; did you mean 10s?'],
    ['10', '«10» lacks a unit; did you mean 10s?'],
    [' 2.5 ', '«2.5» lacks a unit; did you mean 2.5s?'],
    ['.5', '«.5» lacks a unit; did you mean 0.5s?'],
    ['5.', '«5.» lacks a unit; did you mean 5s?'],
    ['+5', '«+5» lacks a unit; did you mean 5s?'],
    [0, '«0» is not a duration longer than 0, such as 30s'],
    [-5, '«-5» is not a duration longer than 0, such as 30s'],
    [1e30, '«1e+30» is not a duration longer than 0, such as 30s'],
    [Number.NaN, '«NaN» is not a duration longer than 0, such as 30s'],
    ['10 seconds', '«10 seconds» is not a duration longer than 0, such as 30s'],
    ['', '«» is not a duration longer than 0, such as 30s'],
    ['x'.repeat(1000), `«${'x'.repeat(50)}» is not a duration longer than 0, such as 30s`],
  ])('%j as a duration', (given, said) => expect(sayNoUnitText(given, SPAN)).toBe(said));

  it.each([
    ['750', '«750» lacks a unit; did you mean 750Mbit/s?'],
    ['fast', '«fast» is not a rate such as 750kbit/s or 5Mbit/s'],
  ])('%j as a rate', (given, said) => expect(sayNoUnitText(given, BIT_RATE)).toBe(said));
});
