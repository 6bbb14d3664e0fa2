import { describe, expect, it } from 'vitest';
import { activitiesIn } from '../../../../src/core/rules/membership.ts';
import type { Activity } from '../../../../src/model/activity.ts';
import type { Evidence, Window } from '../../../../src/model/evidence.ts';

const told = (op: string, processId: number, atMs: number) =>
  ({ kind: 'process', op, processId, atMs, target: 'app' }) as unknown as Activity;

function found(kind: Window['kind'], ...activities: Activity[]): unknown[] {
  const evidence = { activities, run: { tickMs: 1000 } } as unknown as Evidence;
  const window = { id: kind, kind, fromMs: 10_000, toMs: 12_000 } as unknown as Window;
  return activitiesIn(evidence, window, 'process').map(({ processId, atMs }) => [processId, atMs]);
}

describe('who belongs to a stop', () => {
  const before = told('outlived-parent', 1, 5000);

  it('is an orphan of before that lives on after it', () => {
    expect(found('stop', before)).toEqual([[1, 5000]]);
    expect(found('idle', before)).toEqual([]);
  });

  it('is none that was taken along in the end, or had ended before', () => {
    expect(found('stop', before, told('exit', 1, 11_000))).toEqual([[1, 11_000]]);
    expect(found('stop', before, told('exit', 1, 7000))).toEqual([]);
  });

  it('is told once', () => {
    expect(found('stop', before, told('outlived-parent', 1, 10_500))).toEqual([[1, 10_500]]);
  });
});
