/** Names of the numbers that sum up a measurement; `value` is that of one that has only one. */
export const STATISTICS = ['value', 'min', 'mean', 'p50', 'p90', 'p95', 'p99', 'max'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** A number of a measurement in its base unit (seconds, bytes, percent, counts; per second for a rate). */
export interface MeasuredValue {
  value: number;
  /** Where it lies with 95 % confidence; null: there were too few values to tell. */
  interval: { low: number; high: number } | null;
}

/** One quantity of an active probe's result, as evidence keeps it (documents of kind `measurement`). */
export interface Measurement {
  /** As rules name it: `startup`, `http.latency`; see core/rules/measurements.ts. */
  name: string;
  /** Which one of several of that name it is, as it was configured; null: there was no need to tell. */
  id: string | null;
  /** null: of no target in particular. */
  target: string | null;
  /** When it was over. */
  atMs: number;
  /** How many values it sums up. */
  count: number;
  statistics: Partial<Record<Statistic, MeasuredValue>>;
  /** Why it must not be gone by; null: it may be. */
  problem: string | null;
}

/** What measurements are compared with, as evidence keeps it (documents of kind `baseline`). */
export interface MeasurementBaseline {
  /** As the user called it. */
  baseline: string;
  measurement: Measurement;
  /** Why the two cannot be compared (another class of host, other versions); null: they can. */
  problem: string | null;
}
