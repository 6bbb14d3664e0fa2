import { describe, expect, it } from 'vitest';
import type { ProbeContext } from '../../../../src/session/measure/plan.ts';
import { probeRun } from '../../../../src/session/measure/run.ts';

const CONTEXT: Omit<ProbeContext, 'clock' | 'folder'> = {
  signal: new AbortController().signal,
  onProgress: () => {},
  announce: () => {},
  sample: () => {
    throw new Error('nobody is looked at');
  },
  note: () => {},
};

const measured = async (printed: string, unit = '') => {
  const probe = probeRun({ argv: ['echo', printed], runs: 1, timeoutMs: 60_000, unit, id: null });
  return (await probe(CONTEXT)).measurements.map(({ name, statistics }) => [name, statistics.p50?.value]);
};

describe('what a command prints', () => {
  it.each([
    ['1 MB', '', 'run.bytes', 1e6],
    ['1 Mb', '', 'run.bytes', 125_000],
    ['8 Mbps', '', 'run.rate', 1e6],
    ['1', 'Mbit', 'run.bytes', 125_000],
    ['-5 %', '', 'run.percent', -5],
    ['-5', '', 'run.count', -5],
  ])('«%s» (%s) is %s', async (printed, unit, name, value) => {
    expect(await measured(printed, unit)).toEqual([[name, value]]);
  });

  it.each([
    ['1 mb', '', 'may be bits or bytes: write Mbit or MB'],
    ['[{"name":"heap","unit":"kb","value":3}]', '', 'may be bits or bytes'],
    ['-5 ms', '', 'it is -5 ms, and run.seconds is never below 0'],
    ['-5', 'ms', 'run.seconds is never below 0'],
    ['[{"name":"heap","unit":"MB","value":-1}]', '', '«heap» is -1 MB'],
    ['-1 ops/s', '', 'run.rate is never below 0'],
  ])('«%s» (%s) is refused', async (printed, unit, problem) => {
    const refused = expect.objectContaining({
      code: 'MEASURE_OUTPUT',
      message: expect.stringContaining(problem) as string,
    }) as Error;
    await expect(measured(printed, unit)).rejects.toEqual(refused);
  });
});
