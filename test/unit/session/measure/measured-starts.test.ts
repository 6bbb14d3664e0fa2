import { describe, expect, it } from 'vitest';
import { measuredStarts, type Start } from '../../../../src/session/measure/measured-starts.ts';

const start = (some: Partial<Start['usage']> = {}): Start => ({
  state: 'warm',
  seconds: 1,
  resolutionSeconds: 0.005,
  usage: { processes: 1, cpuSeconds: 0.5, rssBytes: 9e6, pssBytes: 4e6, modelFiles: [], ...some },
});

const of = (name: string, starts: readonly Start[], problem: string | null = null) =>
  measuredStarts(starts, { id: null, problem }).find((one) => one.name === name);

describe('the memory of starts', () => {
  it('is the proportional one', () => {
    expect(of('startup.memory', [start(), start({ pssBytes: 6e6 })])).toMatchObject({
      count: 2,
      problem: null,
      statistics: { min: { value: 4e6 }, max: { value: 6e6 } },
    });
  });

  it('is no other where that could not be read, but unknown, and nothing to go by', () => {
    const some = of('startup.memory', [start(), start({ pssBytes: null })]);
    expect(some).toMatchObject({
      count: 1,
      problem: 'of 1 of 2 starts the proportional memory (PSS) could not be read',
      statistics: { max: { value: 4e6 } },
    });
    expect(of('startup.memory', [start({ pssBytes: null })])).toMatchObject({ count: 0, statistics: {} });
  });

  it('keeps nothing from the times', () => {
    expect(of('startup', [start({ pssBytes: null })])).toMatchObject({ count: 1, problem: null });
    expect(of('startup', [start()], 'it was interrupted')?.problem).toBe('it was interrupted');
  });
});
