import type { WatchedProcess } from '../../model/process.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Actor, ExceptionUse, Finding } from '../../model/proof.ts';
import { commandOf } from '../derive/command-of.ts';
import { proofTime } from '../derive/proof-time.ts';
import type { Asked } from './activity-table.ts';
import type { Claim } from './claim.ts';
import { atLeastAmong } from './doubts/uncounted.ts';
import { neverLeftOut } from './fields/row.ts';
import type { Occurrence } from './occurrences.ts';
import type { ActivityRule } from './pack.ts';
import { rowsBehind } from './selection.ts';
import { exampleOf, nounOf, sentence } from './sentences.ts';
import { type Group, groupBySubject } from './subjects.ts';
import { counted } from '../wording/amounts.ts';

/** What one finding lists; its counts are of all. */
export const MAX_EXAMPLES = 5;
export const MAX_ACTORS = 10;

/** An app can call ever new addresses: the rest is counted, not listed. */
const MAX_FINDINGS = 100;

/** What breaks an absence rule, grouped, the most frequent first. @param atLeast before each number, where there may be more */
export function findingsOf(
  claim: Claim<ActivityRule>,
  occurrences: readonly Occurrence[],
  atLeast: string,
): Finding[] {
  return groupBySubject(claim, occurrences, ({ head }) => head)
    .sort((a, b) => b.members.length - a.members.length)
    .slice(0, MAX_FINDINGS)
    .map(({ subject, members }, index) => findingOf(claim, { subject, members, atLeast }, index + 1));
}

/** An exception that broke its rule, as a finding. */
export function exceptionFinding({ rule, target }: Claim, use: ExceptionUse, number: number): Finding {
  return {
    id: `${rule.id}/${target}/${number}`,
    ruleId: rule.id,
    target,
    kind: 'exception',
    subject: { reason: use.reason },
    count: use.matched,
    firstAt: null,
    lastAt: null,
    period: null,
    actors: [],
    cause: null,
    examples: [],
    text: `The exception «${use.reason}» of ${rule.id} (${target}): ${use.problem ?? 'broken'}`,
  };
}

type NumberFinding = Pick<Finding, 'subject' | 'text'> &
  Partial<Pick<Finding, 'count' | 'actors' | 'cause' | 'examples'>>;

/** A finding about a number, which is nothing that happened at a time. */
export function numberFinding(
  { rule, target }: Claim,
  number: number,
  { subject, text, count = 1, actors = [], cause = null, examples = [] }: NumberFinding,
): Finding {
  return {
    id: `${rule.id}/${target}/${number}`,
    ruleId: rule.id,
    target,
    kind: rule.kind,
    subject,
    count,
    firstAt: null,
    lastAt: null,
    period: null,
    actors,
    cause,
    examples,
    text,
  };
}

const NOUN: readonly Asked[] = [
  { name: 'what is counted', asksActor: false, get: nounOf, isLeftOut: neverLeftOut },
];

/** `at least 3 connects, 2 sends`; `0` for nothing. */
export function measuredOf(
  { actorOf: processOf }: Pick<Claim, 'actorOf'>,
  occurrences: readonly Occurrence[],
  atLeast: string,
): string {
  if (occurrences.length === 0) return '0';
  const { table, rows } = rowsBehind(occurrences, ({ head }) => head, processOf);
  const { of: classOf, count } = table.classesBy(NOUN);
  const counts = new Uint32Array(count);
  const nouns = new Map<number, string>();
  for (let at = 0; at < rows.length; at += 1) {
    const own = classOf[rows[at] as number] as number;
    if (counts[own] === 0) nouns.set(own, nounOf((occurrences[at] as Occurrence).head));
    counts[own] = (counts[own] as number) + 1;
  }
  const byCount = [...nouns].map(([own, noun]) => ({ noun, times: counts[own] as number }));
  const parts = byCount.sort((a, b) => b.times - a.times).map(({ noun, times }) => counted(times, noun));
  const shown = atLeast + parts.slice(0, 4).join(', ');
  if (parts.length <= 4) return shown;
  return `${shown} and other, ${counted(occurrences.length, 'time')} in all`;
}

/** A process as the one who did it. */
export function actorOf(process: WatchedProcess, thread: string | null): Actor {
  return { pid: process.pid, name: process.name, cmdline: commandOf(process), thread };
}

function findingOf(
  claim: Claim<ActivityRule>,
  { subject, members: occurrences, atLeast }: Group<Occurrence> & { atLeast: string },
  number: number,
): Finding {
  const { rule, target, evidence, window } = claim;
  const { actors, processes } = actorsIn(claim, occurrences);
  return {
    id: `${rule.id}/${target}/${number}`,
    ruleId: rule.id,
    target,
    kind: rule.kind,
    subject,
    count: occurrences.length,
    ...timesIn(evidence, occurrences),
    period: null,
    actors,
    cause: null,
    text: sentence(occurrences, processes, {
      atLeast: atLeast || atLeastAmong(evidence, occurrences),
      windowMs: window.toMs - window.fromMs,
    }),
  };
}

/** Who did it, each process and thread once: the first ones by name, and all processes, since they are counted. */
export function actorsIn(
  { actorOf: processOf }: Claim,
  occurrences: readonly Occurrence[],
): { actors: Actor[]; processes: WatchedProcess[] } {
  const actors = new Map<string, Actor>();
  const processes = new Map<string, WatchedProcess>();
  for (const { head } of occurrences) {
    const process = processOf(head);
    if (process === null) continue;
    const key = `${process.id} ${process.name}`;
    if (!processes.has(key)) processes.set(key, process);
    const acting = `${key} ${head.thread}`;
    if (actors.size < MAX_ACTORS && !actors.has(acting)) actors.set(acting, actorOf(process, head.thread));
  }
  return { actors: [...actors.values()], processes: [...processes.values()] };
}

/** When it happened, with the first ones as lines. */
export function timesIn(
  { run }: Evidence,
  occurrences: readonly Occurrence[],
): Pick<Finding, 'firstAt' | 'lastAt' | 'examples'> {
  const offset = run.host.utcOffsetMinutes;
  const time = (one: Occurrence | undefined): Finding['firstAt'] =>
    one === undefined ? null : proofTime(one.head.atMs, offset);
  return {
    firstAt: time(occurrences[0]),
    lastAt: time(occurrences.at(-1)),
    examples: occurrences
      .slice(0, MAX_EXAMPLES)
      .map((one) => exampleOf(one, clockTime(proofTime(one.head.atMs, offset).local))),
  };
}

/** `22:10:03.125` of a local ISO time. */
function clockTime(local: string): string {
  return local.slice(11, 23);
}
