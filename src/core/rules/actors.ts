import type { Activity } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { once } from '../derive/once.ts';
import { programsAt } from '../derive/program-at.ts';

/** Who acted, as the program that ran then; null where nobody can be named. */
export type ActorOf = (activity: Activity) => WatchedProcess | null;

/** Names the actors of a run's activities. */
export function actorsIn(evidence: Evidence): ActorOf {
  return once(evidence, actorsIn, '', () => {
    const byId = new Map<number, WatchedProcess>(evidence.processes.map((process) => [process.id, process]));
    const programAt = programsAt();
    return ({ processId, atMs }) => {
      const process = processId === null ? undefined : byId.get(processId);
      return process === undefined ? null : programAt(process, atMs);
    };
  });
}
