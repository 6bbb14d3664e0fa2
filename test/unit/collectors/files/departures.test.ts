import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Departures } from '../../../../src/collectors/files/departures.ts';

describe('Departures', () => {
  it('tells what left as deleted, once', () => {
    const departures = new Departures();
    departures.leave('/d/a', 'one', 5, true);
    expect(departures.settle()).toEqual([{ op: 'delete', path: '/d/a', atMs: 5 }]);
    expect(departures.settle()).toEqual([]);
    expect(departures.isEmpty).toBe(true);
  });

  it('does not tell what turned up under another name', () => {
    const departures = new Departures();
    departures.leave('/d/a', 'one', 5, true);
    expect(departures.claim('one')).toBe('/d/a');
    expect(departures.claim('one')).toBeNull();
    expect(departures.settle()).toEqual([]);
  });

  it('does not take the late event of what a comparison found missing for another file', () => {
    const departures = new Departures();
    departures.leave('/d/a', 'one', 5, false);
    expect(departures.settle()).toHaveLength(1);
    departures.pass('/d/a', 6, 'rename');
    expect(departures.settle()).toEqual([]);
  });

  it('takes one more event than that for a file that came and went', () => {
    const departures = new Departures();
    departures.leave('/d/a', 'one', 5, true);
    departures.pass('/d/a', 6, 'rename');
    expect(departures.settle().map(({ op }) => op)).toEqual(['create', 'delete', 'delete']);
  });

  it('takes what was there for a moment for the source of what took the place of another one', () => {
    const departures = new Departures();
    departures.pass('/other/tmp', 1, 'rename');
    departures.pass('/d/.tmp', 2, 'rename');
    expect(departures.claimPassing('/d')).toEqual({ op: 'create', path: '/d/.tmp', atMs: 2 });
    expect(departures.claimPassing('/d')).toBeNull();
    expect(departures.settle().map(({ path }) => path)).toEqual(['/other/tmp', '/other/tmp']);
  });

  it('loses no name, whatever comes in whatever order', () => {
    const step = fc.record({
      path: fc.constantFrom('/d/a', '/d/b', '/d/c'),
      does: fc.constantFrom('leave', 'pass'),
      told: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const departures = new Departures();
        for (const { path, does, told } of steps) {
          if (does === 'leave') departures.leave(path, `id of ${path}`, 1, told);
          else departures.pass(path, 1, 'rename');
        }
        const deleted = new Set(departures.settle().map(({ path }) => path));
        expect(deleted).toEqual(new Set(steps.map(({ path }) => path)));
      }),
    );
  });
});
