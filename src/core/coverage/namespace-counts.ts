import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import type { Lifetime } from '../derive/lifetimes.ts';
import { countIn } from './count-in.ts';
import { plantedIn } from './controls.ts';
import { type Enclosure, enclose } from './enclosing.ts';
import { exposedIntervals } from './exposed-intervals.ts';
import type { Unattributed } from './exposure.ts';
import { type CounterMeaning, meaningOf, REQUIRED_COUNTERS, unexplainedPackets } from './network-counters.ts';
import { readingsOf } from './readings.ts';
import { type Seen, seenOf } from './seen-connections.ts';

interface Question {
  evidence: Evidence;
  target: string;
  window: TimeSpan;
  /** All of the target in the window. */
  lives: readonly Lifetime[];
  sides: ReadonlySet<CounterMeaning['side']>;
}

/** What a network namespace counted while the target's processes in it ran, and nobody saw; null: none of them ran. */
export function countedIn(
  { evidence, target, window, lives, sides }: Question,
  scope: string | null,
  members: readonly Lifetime[],
): { unseen: Unattributed[] } | { problem: string } | null {
  const exposed = exposedIntervals(evidence, target, members, window);
  if (exposed?.length === 0) return null;
  if (scope === null) return { problem: `the network namespace of ${target} is not known` };
  const enclosures = enclose(readingsOf(evidence, scope, REQUIRED_COUNTERS), exposed ?? [window], window);
  if (enclosures === null)
    return { problem: `the counters of the network namespace of ${target} were not read throughout` };
  const seen = seenOf(evidence, target, members, lives.length === members.length);
  const planted = (counter: string, span: TimeSpan): number => plantedIn(evidence, counter, scope, span);
  return { unseen: unattributed(enclosures, seen, sides, planted) };
}

/** Of a target's processes, those in each network namespace; null: in one that is not known. */
export function byNamespace(lives: readonly Lifetime[]): Map<string | null, Lifetime[]> {
  const groups = new Map<string | null, Lifetime[]>();
  for (const life of lives) {
    const scope = life.process.networkScope;
    const members = groups.get(scope) ?? [];
    groups.set(scope, members);
    members.push(life);
  }
  return groups;
}

function unattributed(
  enclosures: readonly Enclosure[],
  seen: Seen,
  sides: ReadonlySet<CounterMeaning['side']>,
  planted: (counter: string, span: TimeSpan) => number,
): Unattributed[] {
  const counts = new Map<string, number>();
  const add = (what: string, count: number): void => {
    if (count > 0) counts.set(what, (counts.get(what) ?? 0) + count);
  };
  for (const span of enclosures) {
    const others = sides.has('sent') ? unexplainedPackets(span.deltas) : 0;
    add('IP packet of another protocol', others);
    add('TCP segment sent in one packet with others', -others);
    for (const [counter, delta] of Object.entries(span.deltas)) {
      const { what, side } = meaningOf(counter);
      if (!sides.has(side)) continue;
      const explained = side === 'opened' || side === 'accepted' ? countIn(seen[side], span) : 0;
      add(what, delta - explained - planted(counter, span));
    }
  }
  return [...counts].map(([what, count]) => ({ what, count }));
}
