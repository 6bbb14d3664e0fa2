import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProcStat } from '../../../../src/core/parse/proc-stat.ts';

const LINE =
  '42 (a) b (c) S 7 42 41 34816 42 4194304 1 2 3 4 50 60 7 8 20 0 3 0 12345 1000 10 184467 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0';

describe('parseProcStat', () => {
  it('reads a line whose name holds blanks and parentheses', () => {
    expect(parseProcStat(LINE)).toEqual({
      pid: 42,
      name: 'a) b (c',
      state: 'S',
      parentPid: 7,
      groupId: 42,
      sessionId: 41,
      flags: 4194304,
      minorFaults: 1,
      reapedFaults: 2,
      reapedTicks: 15,
      threads: 3,
      startTicks: 12345,
      // The stack is hidden.
      image: null,
    });
  });

  it('throws a plain error for anything else', () => {
    fc.assert(
      fc.property(fc.nat(LINE.length), fc.string({ maxLength: 3 }), (position, noise) => {
        try {
          const stat = parseProcStat(LINE.slice(0, position) + noise + LINE.slice(position + noise.length));
          for (const value of Object.values(stat)) expect(value).not.toBeNaN();
        } catch (error) {
          expect((error as Error).message).toBe('not a line of /proc/PID/stat');
        }
      }),
    );
  });
});
