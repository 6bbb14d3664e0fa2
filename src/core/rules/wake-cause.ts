import type { Actor, Cause } from '../../model/proof.ts';
import { EARLIER_CALL, type WokenBy } from '../../model/wake.ts';
import type { Metric } from '../derive/metrics.ts';
import { type WindowWakes, windowWakes } from '../derive/wakes.ts';
import type { Claim } from './claim.ts';
import { clean } from './sentences.ts';
import { byWhom, rate, spellCall, spellTimeout } from './wake-words.ts';
import { spell } from '../wording/amounts.ts';

/** Metrics that move because threads wake. */
const OF_WAKES: ReadonlySet<string> = new Set(['cpu.percent', 'cpu.seconds', 'wakeups.rate']);

/** A timeout with fewer of the timer's wakes than this does not stand for the others. */
const MOSTLY = 0.8;

/** Why a target ran: the thread that woke most, with the reason as words for the end of a finding. */
export interface ExplainedCause {
  cause: Cause;
  text: string;
}

/**
 * @param actors processes that the metric mostly came from, the heaviest first: if it woke at all, the thread is one of its own
 * @returns null where the metric has nothing to do with wakes, or nobody recorded any
 */
export function wakeCauseOf(
  { evidence, target, window }: Claim,
  metric: Metric,
  actors: readonly Actor[],
): ExplainedCause | null {
  if (!OF_WAKES.has(metric.name)) return null;
  const all = windowWakes(evidence, target, window).filter(({ thread }) => thread !== null);
  const ofHeaviest = all.filter(({ process }) => process.pid === actors[0]?.pid);
  const sleepers = sleepersAmong(ofHeaviest.length > 0 ? ofHeaviest : all);
  const [busiest] = sleepers.sort((a, b) => perMinuteOf(b) - perMinuteOf(a));
  return busiest === undefined ? null : explain(tellingAmong(sleepers, busiest));
}

/**
 * A call that is not known explains little: a timer of about as many wakes rather is why the thread runs, and what it waits
 * for after that only follows.
 */
function tellingAmong(sleepers: readonly WindowWakes[][], busiest: WindowWakes[]): WindowWakes[] {
  if (isKnown(busiest[0])) return busiest;
  const least = perMinuteOf(busiest) / 2;
  const timed = sleepers.find(
    (wakes) =>
      isKnown(wakes[0]) &&
      perMinuteOf(wakes) >= least &&
      perMinuteOf(wakes.filter(({ wokenBy }) => wokenBy === 'timer')) >= MOSTLY * perMinuteOf(wakes),
  );
  return timed ?? busiest;
}

const isKnown = (wake: WindowWakes | undefined): boolean =>
  wake !== undefined && wake.call !== null && wake.call !== EARLIER_CALL;

/** Wakes of the same thread from the same call. */
function sleepersAmong(wakes: readonly WindowWakes[]): WindowWakes[][] {
  const sleepers = new Map<string, WindowWakes[]>();
  for (const one of wakes) {
    const key = JSON.stringify([one.process.id, one.tid, one.call]);
    sleepers.set(key, [...(sleepers.get(key) ?? []), one]);
  }
  return [...sleepers.values()];
}

const perMinuteOf = (wakes: readonly WindowWakes[]): number =>
  wakes.reduce((sum, { perMinute }) => sum + perMinute, 0);

function explain(wakes: readonly WindowWakes[]): ExplainedCause | null {
  const reasons = new Map<WokenBy, WindowWakes[]>();
  for (const one of wakes) reasons.set(one.wokenBy, [...(reasons.get(one.wokenBy) ?? []), one]);
  const [main] = [...reasons.values()].sort((a, b) => perMinuteOf(b) - perMinuteOf(a));
  const top = main?.[0];
  if (main === undefined || top === undefined) return null;
  const { thread, call, timeoutMs, wokenBy, waker } = top;
  const perMinute = perMinuteOf(wakes);
  const share = perMinuteOf(main) / perMinute;
  const recorded = {
    sampledShare: Math.min(...wakes.map(({ sampledShare }) => sampledShare)),
    atLeast: top.atLeast,
  };
  const sleeps = `sleeps in ${spellCall(call)}${timeoutOf(main)}`;
  const named = main.every((one) => one.waker === waker) ? waker : null;
  return {
    cause: {
      wokenBy,
      waker: named,
      share,
      call: call === EARLIER_CALL ? null : call,
      timeoutSeconds: timeoutMs === null ? null : timeoutMs / 1000,
      thread,
      perMinute,
    },
    text: `thread ${clean(thread ?? '')} ${sleeps}: ${rate(perMinute, recorded)} wakes a minute, ${shareOf(share)} ${byWhom({ wokenBy, waker: named, call })}`,
  };
}

function timeoutOf(timed: readonly WindowWakes[]): string {
  const [top] = timed;
  if (top === undefined || top.timeoutMs === null) return '';
  if (top.perMinute < MOSTLY * perMinuteOf(timed)) {
    const timeouts = timed.flatMap(({ timeoutMs }) => timeoutMs ?? []);
    return ` with timeouts of ${spell(Math.min(...timeouts))} to ${spell(Math.max(...timeouts))}`;
  }
  return ` with a timeout of ${spellTimeout(top.timeoutMs, top.timeoutIs)}`;
}

/** `all`, or a share that is never rounded to all. */
function shareOf(share: number): string {
  return share === 1 ? 'all' : `${Math.min(99, Math.round(share * 100))} %`;
}
