import type { ControlName } from '../../../model/control.ts';
import { type CaughtBy, controlsIn } from '../../coverage/controls.ts';
import type { ActivityKind } from '../../../model/activity.ts';
import type { Claim } from '../claim.ts';

/** What has to be caught for a claim about each activity. */
const CONTROLS: Partial<Record<ActivityKind, readonly ControlName[]>> = {
  network: ['tcp', 'udp'],
  process: ['process'],
};

const WORDS: Record<ControlName, string> = {
  tcp: 'TCP connections to itself',
  udp: 'datagrams to itself',
  process: 'a child process',
};

/**
 * Planted activity that the evidence which a claim rests on did not show: neither would it show the target's.
 * @param of the activity that the evidence is to show
 */
export function uncaught(
  { evidence, window }: Pick<Claim, 'evidence' | 'window'>,
  of: ActivityKind,
  by: CaughtBy,
): string[] {
  const names = CONTROLS[of] ?? [];
  const controls = names.length === 0 ? null : controlsIn(evidence, window);
  if (controls === null) return [];
  const failure = evidence.controls?.failures[0]?.reason;
  const because = failure === undefined ? '' : ` (${failure})`;
  return controls
    .filter(({ name, caughtBy }) => names.includes(name) && !caughtBy.includes(by))
    .map(({ name, planted }) =>
      planted === 0
        ? `the watchdog could not plant ${WORDS[name]}, so nobody knows whether they would have been seen${because}`
        : `the watchdog planted ${WORDS[name]}, and ${by === 'trace' ? 'the trace' : 'the counters'} did not show them`,
    );
}
