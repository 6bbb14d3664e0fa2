import { describe, expect, it } from 'vitest';
import { reportFormats, sinceOf } from '../../../src/cli/report-options.ts';
import { SUMMARY_FORMATS } from '../../../src/model/proof-summary.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

describe('sinceOf', () => {
  it.each([
    ['24h', NOW - 86_400_000],
    ['7d', NOW - 7 * 86_400_000],
    ['2026-11-20T08:00Z', Date.UTC(2026, 10, 20, 8)],
    ['2026-11-20T08:00:30+01:00', Date.UTC(2026, 10, 20, 7, 0, 30)],
    ['2026-11-20', new Date(2026, 10, 20).getTime()],
    ['2026-11-20T08:00', new Date(2026, 10, 20, 8).getTime()],
  ])('%s', (text, atMs) => expect(sinceOf(text, NOW)).toBe(atMs));

  it.each(['yesterday', '2026-13-01', '2026', '11/20/2026', ''])('%j is refused', (text) => {
    expect(() => sinceOf(text, NOW)).toThrow(/--since: .*not a duration \(24h, 7d\) nor a date/);
  });

  it('asks for a unit', () => {
    expect(() => sinceOf('24', NOW)).toThrow('--since: «24» lacks a unit; did you mean 24h?');
  });

  it('refuses the future, and nothing is everything', () => {
    expect(() => sinceOf('2030-01-01', NOW)).toThrow(/in the future/);
    expect(sinceOf(undefined, NOW)).toBeNull();
  });
});

describe('reportFormats', () => {
  it.each([
    [{}, ['md']],
    [{ json: true }, ['json']],
    [{ format: 'json' }, ['json']],
    [{ format: 'md, json,md', out: '.' }, ['md', 'json']],
  ])('%j', (options, formats) => expect(reportFormats(options, SUMMARY_FORMATS, 'md')).toEqual(formats));

  it.each([
    [{ format: 'jsn' }, /«jsn» is not one of .*md.*; the nearest is json/],
    [{ format: 'md,json' }, /--out/],
    [{ json: true, out: '.' }, /--json/],
    [{ json: true, format: 'md' }, /--json/],
  ])('%j is refused', (options, message) =>
    expect(() => reportFormats(options, SUMMARY_FORMATS, 'md')).toThrow(message),
  );
});
