import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity, RuleId } from './activity.ts';
import { startCheck } from './check-watchdog.ts';
import type { Fault, Moment, Stage } from './fault.ts';
import { type ActedAt, judgeSaid, outside, type Result, type Said, saidBy } from './outcome.ts';
import type { Peer } from './peer.ts';
import type { Random } from './random.ts';
import { openScene } from './scene.ts';
import { startWatch } from './watch-watchdog.ts';
import type { Watchdog } from './watchdog.ts';

/** One of the two runs of a cell: a fault, with an activity or without. */
export interface Half {
  fault: Fault;
  activity: Activity | null;
  /** The rule in question. */
  rule: RuleId;
  moment: Moment;
}

export interface HalfResult {
  said: Said;
  /** `void`: the fault and the activity did not both fall into the window. */
  result: Result | 'void';
  /** Why it is void; null: it is not. */
  reason: string | null;
  /** It is void since something could not be done at all, which no busy host explains. */
  hasThrown?: true;
}

const NOTHING: Said = { verdict: 'none', rule: 'none', failed: [], text: '' };
const WINDOW_SECONDS = 5;
const HOLD_MS = 900;
/** What happened shortly before a fault is seen by then. */
const SEEN_MS = 600;
/** A busy host can make a window too short for what belongs into it: the next one is longer. */
const ATTEMPTS = 4;
const MORE_SECONDS = 4;
/** Of a reason; a program that fails can print pages. */
const MOST_LETTERS = 300;

/** What all halves of a run share. */
export interface HalfMeans {
  peer: Peer;
  /** Nothing is begun any more: what was under way has lost its programs to the same Ctrl-C. */
  isInterrupted: () => boolean;
}

export async function runHalf(
  half: Half,
  random: Random,
  { peer, isInterrupted }: HalfMeans,
): Promise<HalfResult> {
  let result: HalfResult = { said: NOTHING, result: 'void', reason: 'never tried' };
  for (let nth = 0; nth < ATTEMPTS && result.result === 'void' && !isInterrupted(); nth += 1) {
    try {
      result = await attempt(half, random, peer, nth * MORE_SECONDS);
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).slice(0, MOST_LETTERS);
      result = { said: NOTHING, result: 'void', reason, hasThrown: true };
    }
  }
  return result;
}

async function attempt(half: Half, random: Random, peer: Peer, moreSeconds: number): Promise<HalfResult> {
  const { fault, activity, rule } = half;
  const scene = await openScene(peer);
  let watchdog: Watchdog | null = null;
  try {
    const start = (await fault.setUp?.(scene)) ?? {};
    watchdog =
      fault.by === 'watch'
        ? startWatch(scene, start)
        : startCheck(scene, start, (fault.windowSeconds ?? WINDOW_SECONDS) + moreSeconds);
    await watchdog.watching();
    await sleep(random() * 300);
    const stage = { scene, watchdog, random };
    const { acted, struck } = await play(half, stage);
    const outcome = await watchdog.outcome(acted);
    if (fault.lasts === true) await fault.undo?.(stage);
    const said = saidBy(outcome, rule);
    const own = fault.breaks === undefined ? null : struck;
    const reason =
      outside(outcome, acted, 'activity') ??
      outside(outcome, own, 'fault') ??
      fault.missed?.(outcome) ??
      null;
    const broken = [...(fault.breaks ?? []), ...(activity === null ? [] : [activity.rule])];
    return {
      said,
      result: reason === null ? judgeSaid(said, outcome, broken, fault.mayBreak ?? []) : 'void',
      reason,
    };
  } finally {
    try {
      await watchdog?.abandon();
      await fault.tearDown?.(scene);
    } finally {
      await scene.close();
    }
  }
}

/** When the activity was, and the fault. */
interface Played {
  acted: ActedAt | null;
  struck: ActedAt | null;
}

/** Fault and activity, in the order of the moment. */
async function play({ fault, activity, moment }: Half, stage: Stage): Promise<Played> {
  let acted: ActedAt | null = null;
  const act = async (): Promise<void> => {
    if (activity === null) return;
    const fromMs = Date.now();
    await activity.act(stage.scene);
    acted = { fromMs, toMs: Date.now() };
  };
  if (moment === 'before') {
    await act();
    if (stage.random() < 0.5) await sleep(SEEN_MS);
  }
  const strikesMs = Date.now();
  await fault.strike?.(stage);
  const struck = fault.strike === undefined ? null : { fromMs: strikesMs, toMs: Date.now() };
  const acting = moment === 'during' ? act() : Promise.resolve();
  // Where it fails, that is told when it is waited for.
  acting.catch(() => {});
  if (fault.holdsTarget !== true) await acting;
  if (fault.strike !== undefined) await sleep(fault.holdMs ?? HOLD_MS);
  if (fault.lasts !== true) await fault.undo?.(stage);
  await acting;
  if (moment === 'after') {
    await sleep(SEEN_MS);
    await act();
  }
  return { acted, struck };
}
