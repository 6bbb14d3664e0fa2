import type { Activity } from './activity.ts';
import type { Fault, Moment } from './fault.ts';
import { type HalfMeans, type HalfResult, runHalf } from './half.ts';
import { pick, seededRandom } from './random.ts';

export interface Cell {
  fault: Fault;
  activity: Activity;
}

export interface CellResult {
  fault: string;
  activity: string;
  /** When the activity came, relative to the fault. */
  moment: Moment;
  withActivity: HalfResult;
  faultAlone: HalfResult;
  /** The worse of both. */
  result: HalfResult['result'];
  /** Of the product; «and changes» where the work tree was not exactly it. */
  commit: string;
  seconds: number;
}

/** What all cells of a run share. */
export interface CellMeans extends HalfMeans {
  seed: number;
  commit: string;
}

/** Half of the times in the midst of it. */
const MOMENTS: readonly Moment[] = ['before', 'during', 'during', 'after'];

const WORST_FIRST = ['false pass', 'false fail', 'void', 'ok'] as const;

/** What tells cells apart: the names of fault and activity, as `--only` takes them. */
export const keyOf = ({ fault, activity }: Cell): string => keyOfNames(fault.name, activity.name);

/** The same of a cell that was run. */
export const keyOfResult = ({ fault, activity }: Pick<CellResult, 'fault' | 'activity'>): string =>
  keyOfNames(fault, activity);

const keyOfNames = (fault: string, activity: string): string => `${fault}/${activity}`;

/** Runs a cell, with the activity and without it. */
export async function runCell(cell: Cell, { seed, commit, ...means }: CellMeans): Promise<CellResult> {
  const { fault, activity } = cell;
  const startedMs = performance.now();
  const random = seededRandom(seed, keyOf(cell));
  const half = { fault, rule: activity.rule, moment: pick(fault.moments ?? MOMENTS, random) };
  const withActivity = await runHalf({ ...half, activity }, random, means);
  const faultAlone = await runHalf({ ...half, activity: null }, random, means);
  const results = new Set([withActivity.result, faultAlone.result]);
  return {
    fault: fault.name,
    activity: activity.name,
    moment: half.moment,
    withActivity,
    faultAlone,
    result: WORST_FIRST.find((one) => results.has(one)) ?? 'void',
    commit,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
  };
}
