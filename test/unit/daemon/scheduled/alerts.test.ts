import { expect, it } from 'vitest';
import { alertsOf } from '../../../../src/daemon/scheduled/alerts.ts';
import type { Verdict } from '../../../../src/model/verdict.ts';
import { takenOf } from '../../support/taken.ts';

const compared = (toMs: number, verdict: Verdict) =>
  takenOf('a', toMs, { p50: 1 }, { comparison: { baseline: 'v1', verdict, headline: `${verdict}: v1` } });

it('tells once that a measurement became worse, and once that it is so no more', () => {
  const told: string[] = [];
  let firingSinceMs: number | null = null;
  const verdicts: Verdict[] = [
    'pass',
    'fail',
    'fail',
    'inconclusive',
    'fail',
    'pass',
    'pass',
    'inconclusive',
  ];
  for (const [index, verdict] of verdicts.entries()) {
    const next = alertsOf(compared(index * 10_000, verdict), firingSinceMs);
    told.push(
      ...next.alerts.map(({ status, text, firstSeenMs }) => `${index} ${status} ${text} ${firstSeenMs}`),
    );
    ({ firingSinceMs } = next);
  }
  expect(told).toEqual(['1 firing fail: v1 9000', '5 resolved pass: v1 9000']);
});

it('does not take for better what could not be measured, and ends with the measurement', () => {
  expect(alertsOf(takenOf('a', 10, {}, { problem: 'nobody answered' }), 5)).toEqual({
    alerts: [],
    firingSinceMs: 5,
  });
  const gone = alertsOf(takenOf('a', 10, {}, { problem: 'gone', isWithdrawn: true }), 5);
  expect(gone).toMatchObject({ alerts: [{ key: 'measurement a', status: 'resolved' }], firingSinceMs: null });
});
