import { expect, it } from 'vitest';
import { parseBitRate } from '../../../../src/core/parse/bit-rate.ts';

it('reads rates in bits, with their unit', () => {
  expect(parseBitRate('750kbit/s')).toBe(750_000);
  expect(parseBitRate(' 1.5 Mbit/s ')).toBe(1_500_000);
  expect(parseBitRate('750kbps')).toBe(750_000);
  expect(parseBitRate('2Gbit')).toBe(2e9);
});

it.each(['', '0kbit/s', '750', '750kB/s', '-1kbit/s', 'fast', '1e9bit/s'])('refuses «%s»', (text) => {
  expect(parseBitRate(text)).toBeNull();
});
