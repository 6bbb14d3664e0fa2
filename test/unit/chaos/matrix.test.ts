import { describe, expect, it } from 'vitest';
import { keyOf } from '../../chaos/cell.ts';
import { matrix } from '../../chaos/matrix.ts';

/** Cells that are run and those that cannot be had here. */
function asked(only: string | null): string[] {
  const { cells, leftOut } = matrix(only);
  return [...cells.map(keyOf), ...leftOut.map(({ fault, activity }) => `${fault}/${activity ?? '*'}`)];
}

describe('what is asked of the matrix', () => {
  it.each([
    ['none/tcp', ['none/tcp']],
    ['watch-none/', ['tcp', 'udp', 'row', 'child', 'cpu', 'log', 'file'].map((one) => `watch-none/${one}`)],
    ['target-kill*/row', ['target-killed/row']],
    ['target-throttled/cpu', [expect.stringMatching(/^target-throttled\/(cpu|\*)$/u)]],
  ])('%s', (only, expected) => {
    expect(asked(only)).toEqual(expected);
  });

  it('is everything where nothing is named, each cell once', () => {
    const all = asked(null);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain('none/tcp');
    expect(asked('/tcp').length).toBeLessThan(all.length);
  });

  it.each([
    ['trase-off/tcp', /no fault of the matrix is called «trase-off»; there are[^]*\n {2}trace-off\n/u],
    ['none/tpc', /no activity of the matrix is called «tpc»; there are[^]*\n {2}tcp\n/u],
    ['trase*', /no fault/u],
  ])('is refused where it is mistyped: %s', (only, message) => {
    expect(() => matrix(only)).toThrow(message);
  });
});
