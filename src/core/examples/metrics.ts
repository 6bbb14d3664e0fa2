import type { ProcessMetric, ProcessMetrics } from '../../model/sample.ts';
import type { Dimension } from '../../model/dimension.ts';
import { METRICS, type Metric } from '../derive/metrics.ts';
import { parseQuantity, type TextProblem } from '../rules/quantity.ts';
import type { ToldValues } from './example.ts';
import { timeMs } from './times.ts';

const UNKNOWN = 'unknown';

/** What one metric does to the samples of a process. */
export interface ToldMetric {
  field: ProcessMetric;
  /** The field's value at a time in milliseconds from the opening; undefined: never read. */
  at: (ms: number) => number | undefined;
}

/** A process that rests: everything is known of it, and nothing moves. */
export const AT_REST: Readonly<ProcessMetrics> = {
  cpuNs: 1e9,
  wakeups: 1000,
  rssBytes: 20e6,
  pssBytes: 10e6,
  peakRssBytes: 30e6,
  readBytes: 0,
  writtenBytes: 0,
  openFiles: 8,
  threads: 2,
  gpuBytes: 0,
};

/** Metrics that an example can give: those of the processes themselves. */
const TELLABLE: readonly string[] = [...METRICS.values()]
  .filter(({ source }) => source.of === 'sample')
  .map(({ name }) => name);

/** A metric as it is told, or what is wrong with it; `key`: of its map. */
export function toldMetric(
  name: string,
  told: ToldValues,
  durationMs: number,
): ToldMetric | (TextProblem & { key?: string }) {
  const metric = METRICS.get(name);
  if (metric === undefined || metric.source.of !== 'sample') {
    const problem =
      metric === undefined
        ? `«${name}» is not a metric`
        : `${name} follows from the activities that are told`;
    return { problem, value: name, candidates: TELLABLE };
  }
  const { field } = metric.source;
  if (told === UNKNOWN) return { field, at: () => undefined };
  const points = pointsOf(metric, told, durationMs);
  if ('problem' in points) return points;
  return { field, at: SHAPES[metric.kind](points, unitOf(metric), field) };
}

interface Points {
  /** In order of time, in the metric's base unit. */
  steps: { ms: number; value: number }[];
  /** Between the first and the last evenly, and not in steps. */
  evenly: boolean;
  durationMs: number;
}

function pointsOf(
  metric: Metric,
  told: ToldValues,
  durationMs: number,
): Points | (TextProblem & { key?: string }) {
  const { dimension } = metric;
  if (typeof told !== 'object') {
    const value = valueOf(told, dimension);
    return typeof value === 'number' ? { steps: [{ ms: 0, value }], evenly: true, durationMs } : value;
  }
  const { from, to, ...rest } = told;
  const evenly = from !== undefined || to !== undefined;
  if (evenly && (from === undefined || to === undefined || Object.keys(rest).length > 0)) {
    return { problem: 'either `from` and `to`, or values by their times' };
  }
  if (evenly && metric.kind === 'counter')
    return { problem: `${metric.name} is an amount: give all of it, or what came at each time` };
  const steps: Points['steps'] = [];
  for (const [key, text] of Object.entries(told)) {
    const ms = key === 'from' && evenly ? 0 : key === 'to' && evenly ? durationMs : timeMs(key);
    if (ms === null) return { problem: `«${key}» is not a time from the opening, such as 30s`, key };
    const value = valueOf(text, dimension);
    if (typeof value !== 'number') return { ...value, key };
    steps.push({ ms, value });
  }
  if (steps.length === 0) return { problem: 'no value is there' };
  return { steps: steps.toSorted((a, b) => a.ms - b.ms), evenly, durationMs };
}

const valueOf = (told: string | number, dimension: Dimension): number | TextProblem =>
  typeof told === 'number' ? told : parseQuantity(told, dimension);

/** What one of the metric's unit is in its field. */
function unitOf({ name }: Metric): number {
  if (name === 'cpu.percent') return 1e9 / 100;
  return name === 'cpu.seconds' ? 1e9 : 1;
}

type Shape = (points: Points, unit: number, field: ProcessMetric) => (ms: number) => number;

const SHAPES: Record<Metric['kind'], Shape> = {
  gauge: (points) => (ms) => levelAt(points, ms),
  intensity: (points, unit, field) => (ms) => (AT_REST[field] ?? 0) + unit * areaUntil(points, ms),
  counter: (points, unit, field) => (ms) => (AT_REST[field] ?? 0) + unit * amountUntil(points, ms),
};

function levelAt({ steps, evenly, durationMs }: Points, ms: number): number {
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return 0;
  if (!evenly || steps.length === 1) return (steps.findLast((step) => step.ms <= ms) ?? first).value;
  const share = Math.min(1, Math.max(0, ms / durationMs));
  return first.value + (last.value - first.value) * share;
}

/** Of an intensity per second: what came together from the opening on. */
function areaUntil(points: Points, ms: number): number {
  if (ms <= 0) return 0;
  const { steps, evenly } = points;
  if (evenly) return ((levelAt(points, 0) + levelAt(points, ms)) / 2) * (ms / 1000);
  const edges = [0, ...steps.map((step) => step.ms).filter((edge) => edge > 0 && edge < ms), ms];
  return edges
    .slice(1)
    .reduce(
      (sum, edge, index) => sum + (levelAt(points, edges[index] ?? 0) * (edge - (edges[index] ?? 0))) / 1000,
      0,
    );
}

function amountUntil({ steps, evenly, durationMs }: Points, ms: number): number {
  if (evenly) return (steps[0]?.value ?? 0) * Math.min(1, Math.max(0, ms / durationMs));
  return steps.filter((step) => step.ms <= ms).reduce((sum, { value }) => sum + value, 0);
}
