import { expect, it } from 'vitest';
import { counted, quantity, rateIn, short, spell } from '../../../../src/core/wording/amounts.ts';

it.each([
  [0.25, '0.25 ms'],
  [999.96, '1000 ms'],
  [1500, '1.5 s'],
  [119_999, '120 s'],
  [120_000, '2 min'],
  [7_200_000, '2 h'],
  [90_000_000, '25 h'],
])('%d ms are %s', (durationMs, text) => expect(spell(durationMs)).toBe(text));

it.each([
  [1, 'connect', '1 connect'],
  [0, 'reply', '0 replies'],
  [1200, 'day', '1,200 days'],
])('%d of %s: %s', (count, noun, text) => expect(counted(count, noun)).toBe(text));

it('has a value with its unit, and drops no digit of a whole number', () => {
  expect(quantity(48_200_000, { quantity: 'bytes', perSecond: false })).toBe('48.2 MB');
  expect(quantity(10.2, { quantity: 'count', perSecond: true })).toBe('10.2/s');
  expect(quantity(0.123_456, { quantity: 'percent', perSecond: false })).toBe('0.1235 %');
  expect(short(1_234_567)).toBe('1,234,567');
});

it('has a rate in the time that a text names', () => {
  expect(rateIn(1e6, { quantity: 'bytes', perSecond: true }, '< 1MB/h')).toBe('3.6 GB/h');
  expect(rateIn(2, { quantity: 'count', perSecond: true }, '< 3')).toBe('2/s');
});
