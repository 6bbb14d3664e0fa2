import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, isDue } from '../../../src/alerts/backoff.ts';
import { batchesOf, sendable } from '../../../src/alerts/batches.ts';
import { connectionProblem, redact } from '../../../src/alerts/redact.ts';

describe('redact', () => {
  it.each([
    'https://hooks.example.com/services/T0001/B0002/hunter2hunter2',
    'smtp://watch%40home:p%40ss-w%C3%B6rd@mail.example.com:587',
    'https://example.com/hook?token=hunter2hunter2',
  ])('leaves nothing of %s', (secret) => {
    const { host, pathname, password, username, searchParams } = new URL(secret);
    const parts = [
      secret,
      host,
      ...pathname.split('/'),
      decodeURIComponent(password),
      decodeURIComponent(username),
    ];
    const text = redact([...parts, password, username, ...searchParams.values()].join(' and '), [secret]);
    for (const part of ['hunter2', 'T0001', 'B0002', 'ss-w', 'watch@', 'watch%40', 'example.com/']) {
      expect(text).not.toContain(part);
    }
  });

  it('bounds and cleans what is left', () => {
    expect(redact(`\u001b[31m${'x'.repeat(9999)}`, [])).toMatch(/^\\x1b\[31mx+…$/);
    expect(redact('a plain word', ['a', ''])).toBe('a plain word');
  });

  it('names why a connection failed without its address', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:9093'), { code: 'ECONNREFUSED' });
    expect(connectionProblem(refused, [])).toBe('connection refused (ECONNREFUSED)');
    const all = Object.assign(new AggregateError([refused], ''), { code: 'ECONNREFUSED' });
    expect(connectionProblem(all, [])).toBe('connection refused (ECONNREFUSED)');
  });
});

describe('backoffMs', () => {
  it('doubles up to ten minutes, and is spread by half', () => {
    expect([1, 2, 3, 50].map((failures) => backoffMs(failures, () => 0))).toEqual([5e3, 1e4, 2e4, 6e5]);
    expect(backoffMs(1, () => 0.999)).toBeGreaterThan(2_500);
  });

  it('does not wait for a clock that was ahead', () => {
    expect([isDue(5, 5), isDue(6, 5), isDue(1e9, 5)]).toEqual([true, false, true]);
  });
});

describe('what is sent next', () => {
  const queued = fc.array(
    fc.record({ alert: fc.record({ key: fc.constantFrom('a', 'b', 'c') }), nextMs: fc.constantFrom(0, 200) }),
  );

  it('never overtakes an earlier one of its key', () => {
    fc.assert(
      fc.property(queued, (pending) => {
        const chosen = sendable(pending, 100);
        for (const one of chosen) {
          const before = pending
            .slice(0, pending.indexOf(one))
            .filter(({ alert }) => alert.key === one.alert.key);
          expect(before.every((earlier) => chosen.includes(earlier))).toBe(true);
        }
        expect(chosen.every(({ nextMs }) => nextMs === 0)).toBe(true);
      }),
    );
  });

  it('is everything, in order, in no more notices than allowed but for their size', () => {
    const batchSizes = fc.array(fc.integer({ min: 1, max: 130 }), { maxLength: 12 });
    fc.assert(
      fc.property(batchSizes, fc.integer({ min: 0, max: 9 }), (sizes, allowance) => {
        const queue = sizes.flatMap((size, batch) =>
          Array.from({ length: size }, (_, index) => ({ batch: `${batch}`, index })),
        );
        const batches = batchesOf(queue, allowance);
        expect(batches.flat()).toEqual(allowance === 0 ? [] : queue);
        expect(batches.every(({ length }) => length > 0 && length <= 100)).toBe(true);
        const most = allowance + Math.ceil(queue.length / 100);
        expect(batches.length).toBeLessThanOrEqual(allowance === 0 ? 0 : most);
      }),
    );
  });

  it('comes together where it was found together', () => {
    const queue = ['x', 'x', 'y', 'z', 'z'].map((batch, index) => ({ batch, index }));
    const indexes = (allowance: number) =>
      batchesOf(queue, allowance).map((batch) => batch.map(({ index }) => index));
    expect(indexes(3)).toEqual([[0, 1], [2], [3, 4]]);
    expect(indexes(2)).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });
});
