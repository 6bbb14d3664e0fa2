import { basename } from 'node:path';
import { IdleproofError } from '../../errors.ts';
import type { MeasureKind } from '../../model/measure-document.ts';
import type { Selector } from '../../model/target.ts';

/**
 * The command that is measured, as a target.
 * @param argv the whole command line
 * @param operands what stands in it after `--`
 * @throws IdleproofError MEASURE_COMMAND where none does
 */
export function measuredCommand(
  kind: MeasureKind,
  argv: readonly string[],
  operands: readonly string[],
): { target: string; selector: Selector } {
  const [program] = operands;
  if (program === undefined || !argv.includes('--'))
    throw new IdleproofError('MEASURE_COMMAND', { command: `measure ${kind}` });
  const target = basename(program).replaceAll(/[^\w.-]/g, '-');
  return { target, selector: { by: 'command', argv: operands } };
}
