import type { CellResult } from './cell.ts';
import type { HalfResult } from './half.ts';

export interface Counts {
  cells: number;
  falsePasses: number;
  falseFails: number;
  /** Of which the fault and the activity could not be had in one window. */
  voids: number;
}

export function countsOf(results: readonly CellResult[]): Counts {
  const count = (wanted: CellResult['result']): number =>
    results.filter(({ result }) => result === wanted).length;
  return {
    cells: results.length,
    falsePasses: count('false pass'),
    falseFails: count('false fail'),
    voids: count('void'),
  };
}

/** One word for what was said: of the rule in question with an activity, of the window without one. */
export const verdictWith = ({ said }: HalfResult): string => said.rule;
export const verdictWithout = ({ said }: HalfResult): string => said.verdict;

/** `3 fail, 1 pass`, in that order; what never was is left out. */
export function tally(words: readonly string[]): string {
  const tellable = ['fail', 'inconclusive', 'pass', 'notApplicable', 'none'].flatMap((word) => {
    const count = words.filter((one) => one === word).length;
    return count === 0 ? [] : [`${count} ${word === 'none' ? 'no claim' : word}`];
  });
  return tellable.join(', ');
}

export function summaryOf(results: readonly CellResult[]): string {
  const { cells, falsePasses, falseFails, voids } = countsOf(results);
  return [
    `${cells} cells: ${falsePasses} false passes, ${falseFails} false fails, ${voids} could not be run`,
    `the rule, with the activity: ${tally(results.map((one) => verdictWith(one.withActivity)))}`,
    `the window, with the fault alone: ${tally(results.map((one) => verdictWithout(one.faultAlone)))}`,
  ].join('\n');
}
