import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { activitiesOf } from '../derive/activities-of.ts';
import { lifetimes, livedIn } from '../derive/lifetimes.ts';
import { once, spanKey } from '../derive/once.ts';
import { holds } from '../derive/spans.ts';
import { counted } from '../wording/amounts.ts';
import { type Exposure, judged, type Unattributed, unknown } from './exposure.ts';
import { byNamespace, countedIn } from './namespace-counts.ts';
import type { CounterMeaning } from './network-counters.ts';
import { readingsOf } from './readings.ts';

const ACCEPTED: ReadonlySet<CounterMeaning['side']> = new Set(['accepted']);

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
    const counts = countedIn({ evidence, target, window, lives, sides: ACCEPTED }, scope, members);
    if (counts !== null && 'problem' in counts) return unknown(counts.problem);
    for (const one of counts?.unseen ?? []) found.push(one);
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
