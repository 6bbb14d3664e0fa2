import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import { once } from './once.ts';

/** Activities of one kind. */
type ActivityOf<K extends ActivityKind> = Extract<Activity, { kind: K }>;

/** The activities of a kind, in the order of the evidence: who asks for a few processes does not go through all traffic. */
export function activitiesOf<K extends ActivityKind>(evidence: Evidence, kind: K): readonly ActivityOf<K>[] {
  const all = once(evidence, activitiesOf, '', () => byKind(evidence.activities));
  return (all.get(kind) ?? []) as ActivityOf<K>[];
}

function byKind(activities: readonly Activity[]): ReadonlyMap<ActivityKind, Activity[]> {
  const found = new Map<ActivityKind, Activity[]>();
  for (const activity of activities) {
    const own = found.get(activity.kind);
    if (own === undefined) found.set(activity.kind, [activity]);
    else own.push(activity);
  }
  return found;
}
