import type { ProcessActivity } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { activitiesOf } from '../derive/activities-of.ts';
import { lifetimes, livedIn } from '../derive/lifetimes.ts';
import { once, spanKey } from '../derive/once.ts';
import { countIn } from './count-in.ts';
import { plantedIn } from './controls.ts';
import { enclose } from './enclosing.ts';
import { exposedIntervals } from './exposed-intervals.ts';
import { type Exposure, judged, NOT_RUN, unknown } from './exposure.ts';
import { readingsOf } from './readings.ts';

/** Whether sampled processes missed none: the target did not run, or every task created meanwhile was seen. */
export function exposedProcesses(evidence: Evidence, target: string, window: TimeSpan): Exposure {
  return once(evidence, exposedProcesses, `${spanKey(window)} ${target}`, () =>
    exposureOf(evidence, target, window),
  );
}

/** Tasks are created for these; a program that takes the place of another creates none. */
function isNewProcess({ op, replaced }: ProcessActivity): boolean {
  return op === 'spawn' && replaced === undefined;
}

function exposureOf(evidence: Evidence, target: string, window: TimeSpan): Exposure {
  const lives = lifetimes(evidence, target).filter((life) => livedIn(life, window));
  if (lives.length === 0) return unknown(`${target} had no process`);
  const exposed = exposedIntervals(evidence, target, lives, window);
  if (exposed?.length === 0) return NOT_RUN;
  const enclosures = enclose(readingsOf(evidence, 'forks', ['tasks']), exposed ?? [window], window);
  if (enclosures === null) return unknown('the number of tasks created was not read throughout');
  const spawnsMs = activitiesOf(evidence, 'process')
    .filter((one) => isNewProcess(one) && one.target === target)
    .map((one) => one.atMs)
    .sort((a, b) => a - b);
  const count = enclosures.reduce((sum, span) => {
    const explained = countIn(spawnsMs, span) + plantedIn(evidence, 'tasks', 'forks', span);
    return sum + Math.max(0, (span.deltas['tasks'] ?? 0) - explained);
  }, 0);
  const found = count > 0 ? [{ what: 'process or thread', count }] : [];
  return judged(found, 'no process or thread was created that was not seen', 'started on this host', target);
}
