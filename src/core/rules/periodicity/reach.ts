import type { PeriodsTold } from '../../../model/proof.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { outside, totalMs } from '../../derive/spans.ts';
import { parseDurationMs } from '../../parse/duration.ts';
import { beatsNeeded } from '../../periodicity/beats-needed.ts';
import type { FoundPeriods } from './search.ts';
import { quietReachMs } from '../../coverage/quiet-reach.ts';
import type { Claim } from '../claim.ts';
import type { PeriodicityRule } from '../pack.ts';
import { counted, short, spell } from '../../wording/amounts.ts';

/** Shorter parts of a window than this are not tried: then nothing is excluded. */
const MOST_BEATS = 10_000;

/** How long a period could be and would still have been found. */
export interface Reach {
  upToMs: number;
  /** Why that is too short for the rule; null where it is not. */
  doubt: string | null;
}

/**
 * Where nothing happened, one beat would have been seen: what the exposure excludes. Where something did, a period would
 * have to show so many beats that it is found among all other events, and among all the series that were looked at.
 * @param events activities that nothing excuses
 * @param exposures when each kind of event would have been seen; the worst counts
 */
export function reachOf(
  claim: Claim<PeriodicityRule>,
  exposures: readonly (readonly TimeSpan[])[],
  events: number,
  found: Pick<FoundPeriods, 'alphaOfOne' | 'backgrounds'>,
): Reach {
  const { evidence, target, window, rule } = claim;
  const hasHoles = exposures.some((exposure) => outside(window, exposure).length > 0);
  const beats = beatsIn(found, hasHoles);
  if (events > 0 && beats === null) {
    const isTooStrict = beatsNeeded(found.alphaOfOne, hasHoles) === null;
    const doubt = isTooStrict
      ? `with this alpha, and so many to look at, no number of beats is a period (${short(found.alphaOfOne)} each)`
      : `${counted(events, 'event')} whose times are too coarse for so many: nobody can tell a beat among them`;
    return { upToMs: 0, doubt };
  }
  const upToMs = Math.min(
    ...exposures.map((exposure) =>
      events === 0 || beats === null
        ? quietReachMs(evidence, target, exposure)
        : longestWithBeats(window, exposure, beats),
    ),
  );
  if (upToMs === 0) return { upToMs, doubt: 'too little was seen one by one to tell any period' };
  const { min, max } = rule.period;
  const allowedMs = min === undefined ? 0 : (parseDurationMs(min) ?? 0);
  if (upToMs <= allowedMs) {
    const doubt = `periods are only excluded up to ${spell(upToMs)}, and the rule is about longer ones than ${spell(allowedMs)}`;
    return { upToMs, doubt };
  }
  const wantedMs = parseDurationMs(max);
  if (wantedMs === null) return { upToMs, doubt: null };
  // Longer ones are allowed: nothing is said of them.
  if (upToMs >= wantedMs) return { upToMs: wantedMs, doubt: null };
  const [exposed, wanted] = [spell(totalMs(exposures[0] ?? [])), spell(wantedMs)];
  const doubt =
    events === 0
      ? `${exposed} without an event exclude periods up to ${spell(upToMs)}, and the rule asks for ${wanted}`
      : `among ${counted(events, 'event')} it takes ${beats} beats to tell a period, and there is room for so many of up to ${spell(upToMs)} only: nothing can be said of a period of ${wanted}`;
  return { upToMs, doubt };
}

/** How many beats are told from all else, wherever they hide: in one of the series, or spread over them. */
function beatsIn(
  { alphaOfOne, backgrounds }: Pick<FoundPeriods, 'alphaOfOne' | 'backgrounds'>,
  hasHoles: boolean,
): number | null {
  const needed = [beatsNeeded(alphaOfOne, hasHoles)];
  for (const one of backgrounds) needed.push(beatsNeeded(alphaOfOne, hasHoles, one));
  return needed.reduce((most, one) => (most === null || one === null ? null : Math.max(most, one)));
}

/** What a row of the gate sheet rests on, beside how long a period could be. */
interface Told {
  /** Something that the rule would have found is excused. */
  butExcused: boolean;
  /** Shorter periods were found, which the rule allows: beside one, others that are multiples of it are not told from it. */
  butMultiples: boolean;
  /** The rule found a period that it does not allow. */
  isBroken: boolean;
}

/**
 * What a rule asks for, as the gate sheet has it: «no period up to 63.16 s», «no period from 3 s up to 15 s, but for what is excused». A period that was
 * found breaks the rule however long it is: beside one the row tells what the rule allows, not what the window would have excluded, which may be less.
 */
export function expectedOf(
  { rule }: Claim<PeriodicityRule>,
  { upToMs }: Reach,
  { butExcused, butMultiples, isBroken }: Told,
): string {
  const { min, max } = rule.period;
  const from = min === undefined ? '' : ` from ${min}`;
  const limitMs = isBroken ? parseDurationMs(max) : upToMs;
  const upTo = limitMs === null ? '' : ` up to ${spell(limitMs)}`;
  const multiples = butMultiples ? ', but for multiples of a shorter one' : '';
  return `no period${from}${upTo}${multiples}${butExcused ? ', but for what is excused' : ''}`;
}

export function toldOf(
  { rule }: Claim<PeriodicityRule>,
  { upToMs }: Reach,
  butExcused: boolean,
): PeriodsTold {
  const fromSeconds = (parseDurationMs(rule.period.min ?? '') ?? 0) / 1000;
  return { fromSeconds, upToSeconds: upToMs / 1000, butExcused };
}

/** The longest period of which so many beats lie in the exposure at any phase; each gap may hide some. */
function longestWithBeats(window: TimeSpan, exposure: readonly TimeSpan[], needed: number): number {
  const gaps = outside(window, exposure);
  const durationMs = window.toMs - window.fromMs;
  for (let beats = needed; beats <= MOST_BEATS; beats += 1) {
    const periodMs = durationMs / beats;
    const hidden = gaps.reduce((sum, gap) => sum + Math.floor((gap.toMs - gap.fromMs) / periodMs) + 1, 0);
    if (beats - hidden >= needed) return periodMs;
  }
  return 0;
}
