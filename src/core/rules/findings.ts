import type { Activity, FieldValue } from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Actor, ExceptionUse, Finding } from '../../model/proof.ts';
import { proofTime } from '../derive/proof-time.ts';
import type { Claim } from './claim.ts';
import { DEFAULT_GROUP_BY, fieldOf } from './fields.ts';
import type { Occurrence } from './occurrences.ts';
import type { AbsenceRule } from './schema.ts';
import { exampleOf, nounOf, sentence } from './sentences.ts';
import { counted } from './wording.ts';

const MAX_EXAMPLES = 5;
const MAX_ACTORS = 10;

/** An app can call ever new addresses: the rest is counted, not listed. */
const MAX_FINDINGS = 100;

/** What breaks an absence rule, grouped, the most frequent first. */
export function findingsOf(claim: Claim<AbsenceRule>, occurrences: readonly Occurrence[]): Finding[] {
  const { rule } = claim;
  const names = rule.groupBy ?? DEFAULT_GROUP_BY[rule.activity];
  const groups = new Map<string, { subject: Record<string, FieldValue>; occurrences: Occurrence[] }>();
  for (const occurrence of occurrences) {
    const subject = subjectOf(claim, names, occurrence.head);
    const key = JSON.stringify(subject);
    const group = groups.get(key) ?? { subject, occurrences: [] };
    group.occurrences.push(occurrence);
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => b.occurrences.length - a.occurrences.length)
    .slice(0, MAX_FINDINGS)
    .map((group, index) => findingOf(claim, group.subject, group.occurrences, index + 1));
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
    text: `The exception «${use.reason}» of ${rule.id}: ${use.problem ?? 'broken'}`,
  };
}

/** `3 connects, 2 sends`; `0` for nothing. */
export function measuredOf(occurrences: readonly Occurrence[]): string {
  const counts = new Map<string, number>();
  for (const { head } of occurrences) counts.set(nounOf(head), (counts.get(nounOf(head)) ?? 0) + 1);
  const parts = [...counts].sort(([, a], [, b]) => b - a).map(([noun, count]) => counted(count, noun));
  const shown = parts.slice(0, 4).join(', ');
  if (parts.length > 4) return `${shown} and other, ${counted(occurrences.length, 'time')} in all`;
  return shown === '' ? '0' : shown;
}

export function actorOf(process: WatchedProcess, thread: string | null): Actor {
  return { pid: process.pid, name: process.name, cmdline: process.cmdline, thread };
}

function subjectOf(
  claim: Claim<AbsenceRule>,
  names: readonly string[],
  head: Activity,
): Record<string, FieldValue> {
  const actor = claim.actorOf(head);
  return Object.fromEntries(names.map((name) => [name, fieldOf(head.kind, name)?.get(head, actor) ?? null]));
}

function findingOf(
  claim: Claim<AbsenceRule>,
  subject: Record<string, FieldValue>,
  occurrences: readonly Occurrence[],
  number: number,
): Finding {
  const { rule, target, evidence, window } = claim;
  const offset = evidence.run.host.utcOffsetMinutes;
  const time = (atMs: number | undefined) => (atMs === undefined ? null : proofTime(atMs, offset));
  const acting = new Map<string, { process: WatchedProcess; actor: Actor }>();
  for (const { head } of occurrences) {
    const process = claim.actorOf(head);
    if (process === null || acting.size >= MAX_ACTORS) continue;
    acting.set(`${process.id} ${process.name} ${head.thread}`, {
      process,
      actor: actorOf(process, head.thread),
    });
  }
  const processes = [...new Set([...acting.values()].map(({ process }) => process))];
  return {
    id: `${rule.id}/${target}/${number}`,
    ruleId: rule.id,
    target,
    kind: rule.kind,
    subject,
    count: occurrences.length,
    firstAt: time(occurrences[0]?.head.atMs),
    lastAt: time(occurrences.at(-1)?.head.atMs),
    period: null,
    actors: [...acting.values()].map(({ actor }) => actor),
    cause: null,
    examples: occurrences
      .slice(0, MAX_EXAMPLES)
      .map((one) => exampleOf(one, clockTime(proofTime(one.head.atMs, offset).local))),
    text: sentence(occurrences, processes, window.toMs - window.fromMs),
  };
}

/** `22:10:03.125` of a local ISO time. */
function clockTime(local: string): string {
  return local.slice(11, 23);
}
