import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProcStatTotals } from '../../../../src/core/parse/proc-stat-totals.ts';

const TEXT = `cpu  100 2 30 400 50 6 7 8 9 10
cpu0 100 2 30 400 50 6 7 8 9 10
intr 1 2 3
ctxt 12345
processes 4711
procs_running 1
`;

describe('parseProcStatTotals', () => {
  it('adds up what all CPUs did; guests are in the users’ share already', () => {
    expect(parseProcStatTotals(TEXT)).toEqual({
      allTicks: 603,
      busyTicks: 145,
      stolenTicks: 8,
      tasksCreated: 4711,
    });
  });

  it('knows nothing where something is missing', () => {
    expect(parseProcStatTotals(TEXT.replace('processes', 'procs'))).toBeNull();
    expect(parseProcStatTotals('cpu  1 2 3\nprocesses 1\n')).toBeNull();
    expect(parseProcStatTotals('')).toBeNull();
  });

  it('does not throw on rubbish', () => {
    fc.assert(fc.property(fc.string(), (text) => parseProcStatTotals(text) === null));
  });
});
