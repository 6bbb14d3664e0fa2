import type { ActivityKind } from '../../model/activity.ts';
import type { CollectorName } from '../../model/collector.ts';
import { METRICS } from '../derive/metrics.ts';
import { COLLECTORS } from './doubts/collector.ts';
import { kindOf } from './kinds/kinds.ts';
import type { PackDocument, Rule } from './pack.ts';
import { recordMetric } from './records/record-metric.ts';
import { causesOf } from './rule-and-pack.ts';

/** Evidence that a rule rests on. */
export interface Need {
  /** `network`, `memory.pss`, `measurement startup` */
  of: string;
  /** What it is for: the claim itself, or a cause that excuses. */
  as: 'claim' | 'cause';
  /** The collectors that can carry it, best first; empty: not one of them. */
  collectors: readonly CollectorName[];
  /** What the user has to name for it; null: nothing. */
  source: string | null;
}

/** What a rule of any kind may name. */
interface Named {
  activity?: ActivityKind | undefined;
  metric?: string | undefined;
  measurement?: string | undefined;
}

const SOURCES: Partial<Record<ActivityKind, string>> = {
  event: 'an events table (--events, or events: of the target)',
  log: 'log files (--logs, or logs: of the target)',
  file: 'folders (--files, or files: of the target)',
};

/** Everything that a rule of any kind asks for, by what it names: an activity, a metric, a measurement, causes. */
export function needsOf(rule: Rule, pack: Pick<PackDocument, 'unless'>): Need[] {
  const needs: Need[] = [];
  const named: Named = { ...rule };
  const { activity, metric, measurement } = named;
  if (activity !== undefined) needs.push(activityNeed(activity, 'claim'));
  if (metric !== undefined) needs.push(metricNeed(rule, metric));
  if (measurement !== undefined) {
    needs.push({ of: `measurement ${measurement}`, as: 'claim', collectors: [], source: 'a measurement' });
  }
  for (const cause of causesOf(rule, pack)) {
    const need = activityNeed(cause.activity, 'cause');
    if (!needs.some((one) => one.of === need.of)) needs.push(need);
  }
  return needs;
}

function activityNeed(activity: ActivityKind, as: Need['as']): Need {
  return { of: activity, as, collectors: COLLECTORS[activity], source: SOURCES[activity] ?? null };
}

function metricNeed(rule: Rule, metric: string): Need {
  const record = recordMetric(metric);
  if (record !== null) return { of: metric, as: 'claim', collectors: ['logs'], source: SOURCES.log ?? null };
  const collectors = kindOf(rule).collectors ?? METRICS.get(metric)?.collectors ?? [];
  return { of: metric, as: 'claim', collectors, source: null };
}
