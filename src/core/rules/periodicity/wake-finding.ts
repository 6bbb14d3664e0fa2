import type { Finding } from '../../../model/proof.ts';
import { EARLIER_CALL } from '../../../model/wake.ts';
import { proofTime } from '../../derive/proof-time.ts';
import type { PeriodFinding } from '../../periodicity/finding.ts';
import type { Claim } from '../claim.ts';
import { MAX_ACTORS, actorOf } from '../findings.ts';
import type { PeriodicityRule } from '../pack.ts';
import { clean } from '../sentences.ts';
import { byWhom } from '../wake-words.ts';
import type { Bursts } from './bursts.ts';
import { everySoOften, periodOf } from './period.ts';
import { sleepBetween } from './sleep.ts';

/** @param of what the period was found in: one, or several together */
export function wakeFinding(
  claim: Claim<PeriodicityRule>,
  period: PeriodFinding,
  of: readonly Bursts[],
  number: number,
): Finding {
  const { rule, target, evidence } = claim;
  const processes = [...new Set(of.map(({ process }) => process))];
  const actors = of.slice(0, MAX_ACTORS).map(({ process, thread }) => actorOf(process, thread));
  const sleep = sleepBetween(claim, processes, actors, period.seconds * 1000);
  const time = (atMs: number | undefined): Finding['firstAt'] =>
    atMs === undefined ? null : proofTime(atMs, evidence.run.host.utcOffsetMinutes);
  const [first] = of;
  return {
    id: `${rule.id}/${target}/${number}`,
    ruleId: rule.id,
    target,
    kind: rule.kind,
    subject:
      of.length === 1
        ? { process: first?.process.name ?? null, thread: first?.thread ?? null, call: callOf(first) }
        : {},
    count: period.beats,
    firstAt: time(period.beatsMs[0]),
    lastAt: time(period.beatsMs.at(-1)),
    period: periodOf(period),
    actors,
    cause: sleep?.cause ?? null,
    examples: [],
    text: `${whoRan(of, target)} ${everySoOften(period)}${sleep === null ? '' : `; ${sleep.text}`}`,
  };
}

/** A call that began before the recording has no name. */
const callOf = (one: Bursts | undefined): string | null =>
  one === undefined || one.call === EARLIER_CALL ? null : one.call;

function whoRan(of: readonly Bursts[], target: string): string {
  const [first] = of;
  if (first === undefined) return '';
  const { process, thread, wokenBy, waker, call } = first;
  if (of.length > 1) return `${of.length} threads of ${target} together woke`;
  const who = `(pid ${process.pid}, ${target})`;
  if (wokenBy === null) return `${clean(process.name)} ${who} ran`;
  return `thread ${clean(thread ?? 'unknown')} ${who} woke ${byWhom({ wokenBy, waker, call })}`;
}
