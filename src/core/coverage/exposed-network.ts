import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { activitiesOf } from '../derive/activities-of.ts';
import { type Lifetime, lifetimes, livedIn } from '../derive/lifetimes.ts';
import { once, spanKey } from '../derive/once.ts';
import { holds } from '../derive/spans.ts';
import { counted } from '../wording/amounts.ts';
import { countIn } from './count-in.ts';
import { plantedIn } from './controls.ts';
import { type Enclosure, enclose } from './enclosing.ts';
import { exposedIntervals } from './exposed-intervals.ts';
import { exposedProcesses } from './exposed-processes.ts';
import { type Exposure, judged, NOT_RUN, type Unattributed, unknown } from './exposure.ts';
import { type CounterMeaning, meaningOf, REQUIRED_COUNTERS, unexplainedPackets } from './network-counters.ts';
import { ownNetworkOf, untoldInOwnNetwork } from './own-network.ts';
import { readingsOf } from './readings.ts';
import { type Seen, seenOf } from './seen-connections.ts';

const OUTWARDS: ReadonlySet<CounterMeaning['side']> = new Set(['opened', 'sent']);
const ACCEPTED: ReadonlySet<CounterMeaning['side']> = new Set(['accepted']);
const BOTH_WAYS: ReadonlySet<CounterMeaning['side']> = new Set(['opened', 'sent', 'accepted', 'received']);

const ELSEWHERE = 'each could have sent something from another network namespace';

/**
 * Whether sampled sockets missed nothing: the target did not run, or what its network namespace counted while it ran
 * is what was seen of the target.
 * @param inbound whether connections that others opened matter too
 */
export function exposedNetwork(
  evidence: Evidence,
  target: string,
  window: TimeSpan,
  inbound: boolean,
): Exposure {
  return once(evidence, exposedNetwork, `${inbound} ${spanKey(window)} ${target}`, () =>
    networkExposure(evidence, target, window, inbound),
  );
}

function networkExposure(evidence: Evidence, target: string, window: TimeSpan, inbound: boolean): Exposure {
  const lives = lifetimes(evidence, target).filter((life) => livedIn(life, window));
  if (lives.length === 0) return unknown(`${target} had no process`);
  const found: Unattributed[] = [];
  let ran = false;
  const question = { evidence, target, window, lives, sides: inbound ? BOTH_WAYS : OUTWARDS };
  const own = ownNetworkOf(evidence, target);
  const untold = own === null ? null : untoldInOwnNetwork(evidence, target, window);
  for (const [scope, members] of byNamespace(lives)) {
    if (scope === own && untold !== null) {
      ran = true;
      for (const one of untold) found.push(one);
      continue;
    }
    const counted = countedIn(question, scope, members);
    if (counted === null) continue;
    ran = true;
    if ('problem' in counted) return unknown(counted.problem);
    for (const one of counted.unseen) found.push(one);
  }
  if (!ran) return NOT_RUN;
  const isAllTold = untold !== null && lives.every((life) => life.process.networkScope === own);
  if (!isAllTold) for (const one of unseenOfSockets(evidence, target, window)) found.push(one);
  // Only root can make a further namespace within the one that was made for it.
  const isSealed = isAllTold && !evidence.run.host.privileged;
  const tasks = isSealed || found.length > 0 ? null : exposedProcesses(evidence, target, window);
  if (tasks?.tier === 'sampled') return { ...tasks, reason: `${tasks.reason}; ${ELSEWHERE}` };
  return judged(
    found,
    'its network namespace counted nothing that was not seen',
    'left this network namespace',
    target,
  );
}

/**
 * Whether every connection that was accepted in the target's network namespaces was seen: one that the target never reads from, or
 * that its peer resets at once, leaves no record behind.
 */
export function exposedAccepts(evidence: Evidence, target: string, window: TimeSpan): Exposure {
  return once(evidence, exposedAccepts, `${spanKey(window)} ${target}`, () =>
    acceptExposure(evidence, target, window),
  );
}

function acceptExposure(evidence: Evidence, target: string, window: TimeSpan): Exposure {
  const lives = lifetimes(evidence, target).filter((life) => livedIn(life, window));
  if (lives.length === 0) return unknown(`${target} had no process`);
  const found: Unattributed[] = [];
  if (neverListened(evidence, target, window)) {
    return { tier: 'counter', unattributed: [], reason: `${target} did not listen`, ran: true };
  }
  const untouched = opensPorts(evidence, target, window) ? null : untouchedArrivals(evidence, window);
  if (untouched !== null) return judgedArrivals(untouched);
  for (const [scope, members] of byNamespace(lives)) {
    const counted = countedIn({ evidence, target, window, lives, sides: ACCEPTED }, scope, members);
    if (counted !== null && 'problem' in counted) return unknown(counted.problem);
    for (const one of counted?.unseen ?? []) found.push(one);
  }
  return judged(found, 'every accepted connection was seen', 'came to this network namespace', target);
}

/** Nothing can be accepted where nobody listens; a trace tells of a port that was open between two looks. */
function neverListened(evidence: Evidence, target: string, window: TimeSpan): boolean {
  const readings = readingsOf(evidence, `sockets:${target}`).filter(({ atMs }) => atMs <= window.toMs);
  const last = readings.findLast(({ atMs }) => atMs <= window.fromMs);
  const relevant = readings.filter((one) => one === last || one.atMs > window.fromMs);
  const isSilent = last !== undefined && relevant.every(({ values }) => values['listening'] === 0);
  return isSilent && !opensPorts(evidence, target, window);
}

function opensPorts(evidence: Evidence, target: string, window: TimeSpan): boolean {
  return activitiesOf(evidence, 'network').some(
    (one) => one.target === target && one.op === 'listen' && holds(window, one.atMs),
  );
}

/**
 * How many connections came to the targets' ports and were told of nobody, as the kernel's trace of the whole host has it; null where
 * that does not tell of all of the window.
 */
function untouchedArrivals(evidence: Evidence, window: TimeSpan): number | null {
  const readings = readingsOf(evidence, 'arrivals', ['untouched', 'unheard']);
  const before = readings.findLast(({ atMs }) => atMs <= window.fromMs)?.values;
  const after = readings.find(({ atMs }) => atMs >= window.toMs)?.values;
  if (before === undefined || after === undefined || after['unheard'] !== before['unheard']) return null;
  return (after['untouched'] ?? 0) - (before['untouched'] ?? 0);
}

function judgedArrivals(untouched: number): Exposure {
  if (untouched === 0)
    return { tier: 'counter', unattributed: [], reason: 'every connection that came was seen', ran: true };
  return {
    tier: 'sampled',
    unattributed: [{ what: 'accepted connection', count: untouched }],
    reason: `${counted(untouched, 'connection')} came to ports at which targets listen, and whether anybody accepted them is not known`,
    ran: true,
  };
}

interface Question {
  evidence: Evidence;
  target: string;
  window: TimeSpan;
  /** All of the target in the window. */
  lives: readonly Lifetime[];
  sides: ReadonlySet<CounterMeaning['side']>;
}

/** What a network namespace counted while the target's processes in it ran, and nobody saw; null: none of them ran. */
function countedIn(
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

function byNamespace(lives: readonly Lifetime[]): Map<string | null, Lifetime[]> {
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

/** What the socket collector itself knows that it did not see: last bytes of closed connections, sends it cannot read. */
function unseenOfSockets(evidence: Evidence, target: string, window: TimeSpan): Unattributed[] {
  const readings = readingsOf(evidence, `sockets:${target}`).filter((reading) => reading.atMs <= window.toMs);
  const before = readings.findLast((reading) => reading.atMs <= window.fromMs)?.values['closed'] ?? 0;
  const closed = (readings.at(-1)?.values['closed'] ?? 0) - before;
  const sendsUnseen = readings.some(
    (one) => one.atMs > window.fromMs && (one.values['sendsUnseen'] ?? 0) > 0,
  );
  return [
    ...(closed > 0 ? [{ what: 'connection closed between two looks', count: closed }] : []),
    ...(sendsUnseen ? [{ what: 'send on an open connection that cannot be counted', count: 1 }] : []),
  ];
}
