import type { NetworkActivity } from '../../model/activity.ts';
import type { Tier } from '../../model/collector.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { CounterReading } from '../../model/sample.ts';
import type { TimeSpan } from '../../model/time.ts';
import { type Lifetime, lifetimes, livedIn } from '../derive/lifetimes.ts';
import { holds } from '../derive/spans.ts';
import { type Enclosure, enclose } from './enclosing.ts';
import { plantedIn } from './controls.ts';
import { exposedIntervals } from './exposed-intervals.ts';
import { ownNetworkOf, untoldInOwnNetwork } from './own-network.ts';
import { type CounterMeaning, REQUIRED_COUNTERS, meaningOf, unexplainedPackets } from './network-counters.ts';

/** Something that was counted while a target ran, and that sampling cannot say whose it was. */
interface Unattributed {
  what: string;
  count: number;
}

/** What sampling may claim for a target in a window. */
export interface Exposure {
  /** `counter`: nothing was missed; `sampled`: something may have been. */
  tier: Extract<Tier, 'counter' | 'sampled'>;
  unattributed: Unattributed[];
  /** Why nothing was missed, or what may have been, in words. */
  reason: string;
  /** Whether any process of the target ran, so that it could have done something. */
  ran: boolean;
}

const OUTWARDS: ReadonlySet<CounterMeaning['side']> = new Set(['opened', 'sent']);
const ACCEPTED: ReadonlySet<CounterMeaning['side']> = new Set(['accepted']);
const BOTH_WAYS: ReadonlySet<CounterMeaning['side']> = new Set(['opened', 'sent', 'accepted', 'received']);

const ELSEWHERE = 'each could have sent something from another network namespace';

const NOT_RUN = 'none of its processes ran';

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
  const lives = lifetimes(evidence, target).filter((life) => livedIn(life, window));
  if (lives.length === 0) return unknown(`${target} had no process`);
  const found: Unattributed[] = [];
  let ran = false;
  const own = ownNetworkOf(evidence, target);
  const untold = own === null ? null : untoldInOwnNetwork(evidence, target, window);
  for (const [scope, members] of byNamespace(lives)) {
    if (scope === own && untold !== null) {
      ran = true;
      found.push(...untold);
      continue;
    }
    const exposed = exposedIntervals(evidence, target, members, window);
    if (exposed?.length === 0) continue;
    ran = true;
    if (scope === null) return unknown(`the network namespace of ${target} is not known`);
    const readings = readingsOf(evidence, scope).filter(isComplete);
    const enclosures = enclose(readings, exposed ?? [window], window);
    if (enclosures === null)
      return unknown(`the counters of the network namespace of ${target} were not read throughout`);
    const seen = seenOf(evidence, target, members, lives.length === members.length);
    const planted = (counter: string, span: TimeSpan): number => plantedIn(evidence, counter, scope, span);
    found.push(...unattributed(enclosures, seen, inbound ? BOTH_WAYS : OUTWARDS, planted));
  }
  if (!ran) return { tier: 'counter', unattributed: [], reason: NOT_RUN, ran: false };
  const isAllTold = untold !== null && lives.every((life) => life.process.networkScope === own);
  if (!isAllTold) found.push(...unseenOfSockets(evidence, target, window));
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
  const lives = lifetimes(evidence, target).filter((life) => livedIn(life, window));
  const found: Unattributed[] = [];
  if (neverListened(evidence, target, window)) {
    return { tier: 'counter', unattributed: [], reason: `${target} did not listen`, ran: true };
  }
  for (const [scope, members] of byNamespace(lives)) {
    const exposed = exposedIntervals(evidence, target, members, window);
    if (exposed?.length === 0) continue;
    if (scope === null) return unknown(`the network namespace of ${target} is not known`);
    const readings = readingsOf(evidence, scope).filter(isComplete);
    const enclosures = enclose(readings, exposed ?? [window], window);
    if (enclosures === null)
      return unknown(`the counters of the network namespace of ${target} were not read throughout`);
    const seen = seenOf(evidence, target, members, lives.length === members.length);
    const planted = (counter: string, span: TimeSpan): number => plantedIn(evidence, counter, scope, span);
    found.push(...unattributed(enclosures, seen, ACCEPTED, planted));
  }
  return judged(found, 'every accepted connection was seen', 'came to this network namespace', target);
}

/** Nothing can be accepted where nobody listens; a trace tells of a port that was open between two looks. */
function neverListened(evidence: Evidence, target: string, window: TimeSpan): boolean {
  const readings = readingsOf(evidence, `sockets:${target}`).filter(({ atMs }) => atMs <= window.toMs);
  const last = readings.findLast(({ atMs }) => atMs <= window.fromMs);
  const relevant = readings.filter((one) => one === last || one.atMs > window.fromMs);
  const opened = evidence.activities.some(
    (one) =>
      one.kind === 'network' && one.target === target && one.op === 'listen' && holds(window, one.atMs),
  );
  return last !== undefined && !opened && relevant.every(({ values }) => values['listening'] === 0);
}

/** Whether sampled processes missed none: the target did not run, or every task created meanwhile was seen. */
export function exposedProcesses(evidence: Evidence, target: string, window: TimeSpan): Exposure {
  const lives = lifetimes(evidence, target).filter((life) => livedIn(life, window));
  if (lives.length === 0) return unknown(`${target} had no process`);
  const exposed = exposedIntervals(evidence, target, lives, window);
  if (exposed?.length === 0) return { tier: 'counter', unattributed: [], reason: NOT_RUN, ran: false };
  const readings = readingsOf(evidence, 'forks').filter((reading) => reading.values['tasks'] !== undefined);
  const enclosures = enclose(readings, exposed ?? [window], window);
  if (enclosures === null) return unknown('the number of tasks created was not read throughout');
  const spawns = evidence.activities
    .filter((one) => one.kind === 'process' && one.op === 'spawn' && one.target === target)
    .map((one) => one.atMs);
  const count = enclosures.reduce(
    (sum, span) =>
      sum +
      Math.max(
        0,
        (span.deltas['tasks'] ?? 0) - within(spawns, span) - plantedIn(evidence, 'tasks', 'forks', span),
      ),
    0,
  );
  const found = count > 0 ? [{ what: 'process or thread', count }] : [];
  return judged(found, 'no process or thread was created that was not seen', 'started on this host', target);
}

function byNamespace(lives: readonly Lifetime[]): Map<string | null, Lifetime[]> {
  const groups = new Map<string | null, Lifetime[]>();
  for (const life of lives) {
    const scope = life.process.networkScope;
    groups.set(scope, [...(groups.get(scope) ?? []), life]);
  }
  return groups;
}

function readingsOf(evidence: Evidence, scope: string): CounterReading[] {
  return evidence.counters.filter((reading) => reading.scope === scope).sort((a, b) => a.atMs - b.atMs);
}

function isComplete(reading: CounterReading): boolean {
  return REQUIRED_COUNTERS.every((name) => reading.values[name] !== undefined);
}

interface Seen {
  opened: number[];
  accepted: number[];
}

/** Times of the connections that were seen of some processes; those without an actor count where there is no doubt. */
function seenOf(evidence: Evidence, target: string, members: readonly Lifetime[], all: boolean): Seen {
  const ids = new Set(members.map((life) => life.process.id));
  const seen: Seen = { opened: [], accepted: [] };
  const isTheirs = (activity: NetworkActivity): boolean =>
    activity.processId === null ? all : ids.has(activity.processId);
  for (const activity of evidence.activities) {
    if (activity.kind !== 'network' || activity.target !== target || activity.protocol !== 'tcp') continue;
    if (!isTheirs(activity)) continue;
    // An attempt need not have moved the counter: there was no way, or a send failed on what was open already.
    if (activity.op === 'connect') seen.opened.push(activity.atMs);
    if (activity.op === 'accept') seen.accepted.push(activity.atMs);
  }
  return seen;
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
      const explained = side === 'opened' || side === 'accepted' ? within(seen[side], span) : 0;
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

function within(times: readonly number[], span: TimeSpan): number {
  return times.reduce((count, atMs) => count + (holds(span, atMs) ? 1 : 0), 0);
}

function judged(found: Unattributed[], whenNone: string, did: string, target: string): Exposure {
  if (found.length === 0) return { tier: 'counter', unattributed: [], reason: whenNone, ran: true };
  const listed = found
    .map(({ what, count }) => `${count} ${plural(what, count)}`)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
  return {
    tier: 'sampled',
    unattributed: found,
    ran: true,
    reason: `${listed} ${did} while ${target} ran, and sampling cannot say whose they were`,
  };
}

function plural(what: string, count: number): string {
  if (count === 1) return what;
  if (what.startsWith('process or')) return 'processes or threads';
  const [head, ...rest] = what.split(/ (?=without|closed|on |of |sent )/);
  return [`${head}s`, ...rest].join(' ');
}

function unknown(reason: string): Exposure {
  return { tier: 'sampled', unattributed: [], reason, ran: true };
}
