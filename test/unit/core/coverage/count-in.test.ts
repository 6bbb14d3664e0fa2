import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countIn } from '../../../../src/core/coverage/count-in.ts';
import { holds } from '../../../../src/core/derive/spans.ts';

describe('countIn', () => {
  it('counts what a span holds', () => {
    const ms = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(fc.array(ms), ms, ms, (times, fromMs, lengthMs) => {
        const sorted = times.toSorted((a, b) => a - b);
        const span = { fromMs, toMs: fromMs + lengthMs };
        expect(countIn(sorted, span)).toBe(times.filter((atMs) => holds(span, atMs)).length);
      }),
    );
  });
});
