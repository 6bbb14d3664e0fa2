import type { MetricSummary } from '../../model/window-verdict.ts';

/**
 * A metric of which more is worse. `floor`: a rise that matters at all, in its unit, so that a series that never moved does
 * not make every change one. The others are left out: amounts grow with the window's length, and of a derived metric nobody
 * knows which way is worse.
 */
export interface ComparedMetric {
  name: string;
  floor: number;
  /** What an idle program that leaks has ever more of. */
  canLeak: boolean;
  /** Says the same, better: this one counts only where that one is not known. */
  betterName?: string;
}

const MB = 1_000_000;

const COMPARED_METRICS: readonly ComparedMetric[] = [
  // Half of the idle budget's mean of 0.5 %, so that a rise is told before the budget is spent.
  { name: 'cpu.percent', floor: 0.25, canLeak: false },
  // Allocators take and give back arenas and pages of some megabytes with nobody leaking.
  { name: 'memory.pss', floor: 5 * MB, canLeak: true },
  { name: 'memory.rss', floor: 5 * MB, canLeak: true, betterName: 'memory.pss' },
  { name: 'gpu.memory', floor: 16 * MB, canLeak: true },
  { name: 'wakeups.rate', floor: 1, canLeak: false },
  // Pools of connections and threads breathe by a few.
  { name: 'files.open', floor: 5, canLeak: true },
  { name: 'threads', floor: 3, canLeak: true },
  { name: 'processes', floor: 1, canLeak: false },
];

/** The metrics of a target that are compared, with their values in one window. */
export function comparedIn(
  metrics: Readonly<Record<string, MetricSummary>>,
): { metric: ComparedMetric; summary: MetricSummary }[] {
  return COMPARED_METRICS.flatMap((metric) => {
    const summary = own(metrics, metric.name);
    const hasBetter = metric.betterName !== undefined && own(metrics, metric.betterName) !== undefined;
    return summary === undefined || hasBetter || !isUsable(summary) ? [] : [{ metric, summary }];
  });
}

const own = (metrics: Readonly<Record<string, MetricSummary>>, name: string): MetricSummary | undefined =>
  Object.hasOwn(metrics, name) ? metrics[name] : undefined;

const isUsable = ({ mean, p95, max }: MetricSummary): boolean => [mean, p95, max].every(Number.isFinite);
