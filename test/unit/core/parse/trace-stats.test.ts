import { expect, it } from 'vitest';
import { addTraceStats, parseTraceStats } from '../../../../src/core/parse/trace-stats.ts';
import { traceFixture } from '../../../support/trace-fixtures.ts';

const TEXT = traceFixture('stats').toString();

it('reads the counts of a ring buffer', () => {
  expect(parseTraceStats(TEXT)).toEqual({
    entries: 0,
    overrun: 1695,
    commitOverrun: 0,
    bytes: 0,
    dropped: 0,
    read: 394,
  });
});

it('does not take a missing count for zero', () => {
  expect(() => parseTraceStats(TEXT.replace(/^overrun.*\n/m, ''))).toThrow('no «overrun»');
  expect(() => parseTraceStats('')).toThrow('no «entries»');
});

it('adds up the buffers of several CPUs', () => {
  const stats = parseTraceStats(TEXT);
  expect(addTraceStats(stats, { ...stats, dropped: 2 })).toMatchObject({
    overrun: 3390,
    read: 788,
    dropped: 2,
  });
});
