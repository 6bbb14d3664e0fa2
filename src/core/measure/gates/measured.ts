import type { GateResult } from '../../../model/gate-sheet.ts';
import type { Measurement } from '../../../model/measurement.ts';
import { type ExpectedMeasure, judgeExpected } from '../expect.ts';
import { sayMeasured } from '../../rules/say-measured.ts';

type Row = Omit<GateResult, 'gate' | 'target'>;

/** The row of a gate about measurements. What could not be gone by is neither met nor missed. */
export function judgeMeasured(expect: readonly ExpectedMeasure[], measurements: readonly Measurement[]): Row {
  // Whose they are the row says.
  const unnamed = measurements.map((one) => ({ ...one, id: null }));
  const results = expect.map((one) => {
    const { text, met, known, measured: said } = judgeExpected(one, unnamed);
    const what = one.measurement.split('.').at(-1) ?? one.measurement;
    return {
      text,
      met,
      known,
      measured: said.map((words) => words.replace(/^value /, `${what} `)),
    };
  });
  const expected = expect.map(({ text }) => text).join(', ');
  const measured = results.flatMap((one) => one.measured).join(', ') || mainOf(measurements);
  const open = results.find(({ known }) => !known);
  const broken = results.find(({ met, known }) => known && !met);
  if (broken !== undefined)
    return {
      expected,
      measured,
      verdict: 'fail',
      reason: `${broken.measured.join(', ')}, expected ${broken.text}`,
    };
  if (open !== undefined)
    return {
      expected,
      measured,
      verdict: 'inconclusive',
      reason: `${open.text}: ${open.measured.join(', ')}`,
    };
  return { expected, measured, verdict: 'pass', reason: null };
}

function mainOf([main]: readonly Measurement[]): string {
  const value = main?.statistics.p50?.value;
  return main === undefined || value === undefined ? 'not measured' : `p50 ${sayMeasured(main.name, value)}`;
}
