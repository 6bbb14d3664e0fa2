import { escapeControls } from '../core/parse/escape-controls.ts';

/** One number with its labels. */
interface MetricSample {
  labels: Record<string, string>;
  value: number;
}

/** A metric as Prometheus knows it: base units, counters that end in `_total`, ratios from 0 to 1. */
export interface MetricFamily {
  name: string;
  type: 'gauge' | 'counter';
  help: string;
  samples: MetricSample[];
}

const MAX_LABEL = 128;

/** Its labels, and its value; null: not known, and left out. */
export type MetricRow = [labels: Record<string, string>, value: number | null];

export const gauge = (name: string, help: string, rows: readonly MetricRow[]): MetricFamily =>
  family('gauge', name, help, rows);
export const counter = (name: string, help: string, rows: readonly MetricRow[]): MetricFamily =>
  family('counter', name, help, rows);

function family(
  type: MetricFamily['type'],
  name: string,
  help: string,
  rows: readonly MetricRow[],
): MetricFamily {
  const samples = rows.flatMap(([labels, value]) =>
    value === null || !Number.isFinite(value) ? [] : [{ labels: cleaned(labels), value }],
  );
  return { name, type, help, samples };
}

const cleaned = (labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, escapeControls(value).slice(0, MAX_LABEL)]),
  );
