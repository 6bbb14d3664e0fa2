import type { MeasuredState } from '../../core/measure/states.ts';
import { statisticsOf } from '../../core/measure/statistics.ts';
import type { Found } from './plan.ts';
import type { TreeUsage } from './tree-usage.ts';

/** One start. */
export interface Start {
  /** With what is in the page cache already, or with nothing of it. */
  state: MeasuredState;
  seconds: number;
  /** It was not yet ready so much before. */
  resolutionSeconds: number;
  usage: Omit<TreeUsage, 'processes'> & { processes: number };
}

/**
 * What starts took, and used until they were ready. What could not be read of one of them is unknown: nothing else takes its place.
 * @param problem that all of them have; null: none
 */
export function measuredStarts(
  starts: readonly Start[],
  { id, problem }: { id: string | null; problem: string | null },
): Found[] {
  const many = (name: string, what: string, values: readonly (number | null)[]): Found => {
    const known = values.filter((value) => value !== null);
    const unknown = values.length - known.length;
    const why = unknown > 0 ? `of ${unknown} of ${values.length} starts the ${what} could not be read` : null;
    return { name, id, ...statisticsOf(known), problem: problem ?? why };
  };
  const usages = starts.map(({ usage }) => usage);
  return [
    many(
      'startup',
      'time',
      starts.map(({ seconds }) => seconds),
    ),
    many(
      'startup.cpu',
      'CPU time',
      usages.map(({ cpuSeconds }) => cpuSeconds),
    ),
    many(
      'startup.memory',
      'proportional memory (PSS)',
      usages.map(({ pssBytes }) => pssBytes),
    ),
  ];
}
