import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { activitiesOf } from '../derive/activities-of.ts';
import { lifetimes, livedIn } from '../derive/lifetimes.ts';
import { once, spanKey } from '../derive/once.ts';
import { holds } from '../derive/spans.ts';
import { type Exposure, NOT_RUN, unknown } from './exposure.ts';

const NONE: Exposure = {
  ...NOT_RUN,
  reason: 'no process executed a program that was not seen',
  ran: true,
};

/**
 * Whether looks at processes showed each program that these executed, where all processes were seen. One that was there all the
 * time shows at each look whether it executed another since the last one; what a process ran before it was seen, after it was
 * seen last, or between two programs, nobody knows.
 */
export function exposedPrograms(evidence: Evidence, target: string, window: TimeSpan): Exposure {
  return once(evidence, exposedPrograms, `${spanKey(window)} ${target}`, () => {
    const acting = activitiesOf(evidence, 'process').filter(
      (one) => one.op !== 'outlived-parent' && one.target === target && holds(window, one.atMs),
    );
    const changed = new Set(acting.map(({ processId }) => processId)).size;
    const hiding = lifetimes(evidence, target).filter(
      (life) => life.process.hidesPrograms === true && livedIn(life, window),
    ).length;
    if (changed + hiding === 0) return NONE;
    const reasons = [
      ...(changed > 0 ? [`${processes(changed)} started, ended or executed another program`] : []),
      ...(hiding > 0 ? [`the memory of ${processes(hiding)} may not be looked at`] : []),
    ];
    return unknown(`${reasons.join(' and ')}: looks do not tell which programs ran in between`);
  });
}

const processes = (count: number): string => (count === 1 ? '1 process' : `${count} processes`);
