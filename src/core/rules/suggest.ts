import type { ActivityKind, FieldValue } from '../../model/activity.ts';
import type { Finding, Proof } from '../../model/proof.ts';
import { compileCondition } from './conditions/condition.ts';
import { ACTIVITIES, DEFAULT_GROUP_BY, fieldOf, INBOUND_GROUP_BY } from './fields.ts';
import { type ConditionMap, isAboutActivities, type Match, type RulePack } from './pack.ts';
import { isRounded } from './rounded.ts';

/** What stands for a reason until somebody gives one; no rule file with it is taken. */
const REASON = 'TODO: why is this meant to happen?';
/** The same for how often. */
const EVERY = 'TODO';

/** An exception that would excuse what was found. */
interface Suggestion {
  activity: ActivityKind;
  match: Match;
  reason: string;
  maxCount: number;
  every: string;
  /** The findings, as sentences. */
  found: string[];
}

export interface Suggestions {
  /** Names of the packs whose rules were broken, but for those that another one of them extends. */
  packs: string[];
  except: Suggestion[];
  /** Findings that no exception can excuse, and why. */
  others: { rule: string; text: string; because: string }[];
}

/**
 * Exceptions for everything that was found to break rules, with placeholders for what only a person can know.
 * @param packs those that the proofs were judged by, as far as they are known
 */
export function suggestionsFor(proofs: readonly Proof[], packs: readonly RulePack[]): Suggestions {
  const broken = proofs.flatMap(({ rules }) => {
    const hasSeveral = new Set(rules.map(({ target }) => target)).size > 1;
    return rules.flatMap((result) => result.findings.map((finding) => ({ ...result, finding, hasSeveral })));
  });
  const except = new Map<string, Suggestion>();
  const others: Suggestions['others'] = [];
  for (const { pack, id, target, severity, finding, hasSeveral } of broken) {
    const known = packs.find((one) => one.pack === pack)?.rules.find((one) => one.id === id);
    const rule = known !== undefined && isAboutActivities(known) ? known : undefined;
    const declared = rule?.activity;
    const activity = declared ?? activityBy(Object.keys(finding.subject));
    const because = severity === 'warn' ? 'a warning changes no verdict' : whyNot(finding, activity);
    if (because !== null || activity === null) {
      others.push({ rule: `${pack}/${id}`, text: finding.text, because: because ?? '' });
      continue;
    }
    const isOthers = rule?.groupBy === undefined && isInbound(Object.keys(finding.subject));
    const subject = { ...(isOthers ? { direction: 'inbound' } : {}), ...finding.subject };
    const match = within(activity, rule?.match, subject, hasSeveral ? { target: literal(target) } : {});
    const key = JSON.stringify([activity, match]);
    const before = except.get(key) ?? {
      activity,
      match,
      reason: REASON,
      maxCount: 0,
      every: EVERY,
      found: [],
    };
    except.set(key, merged(before, finding));
  }
  return {
    packs: notExtended(
      [...new Set(broken.filter(({ severity }) => severity === 'error').map(({ pack }) => pack))],
      packs,
    ),
    except: [...except.values()],
    others,
  };
}

/** Whoever extends two packs of which one extends the other has its rules twice, which is refused. */
function notExtended(names: readonly string[], packs: readonly RulePack[]): string[] {
  const known = packs.filter(({ pack }) => names.includes(pack));
  const extended = new Set(known.flatMap(({ bases = [] }) => bases.map(({ path }) => path)));
  return names.filter((name) => !known.some(({ pack, path }) => pack === name && extended.has(path)));
}

function merged(known: Suggestion, { count, period, text }: Finding): Suggestion {
  return {
    ...known,
    maxCount: Math.max(known.maxCount, count, 1),
    every: period === null ? known.every : everyOf(period.seconds),
    found: known.found.includes(text) ? known.found : [...known.found, text],
  };
}

/** A little longer than the period, in whole units, so that jitter does not break the exception. */
function everyOf(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds) + 1}s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60) + 1}m` : `${Math.floor(seconds / 3600) + 1}h`;
}

/** Of a pack that is not here: the activity that is grouped so. */
function activityBy(fields: readonly string[]): ActivityKind | null {
  if (isInbound(fields)) return 'network';
  return ACTIVITIES.find((kind) => areSame(fields, DEFAULT_GROUP_BY[kind])) ?? null;
}

/** Only what others opened is grouped by the target's own port. */
const isInbound = (fields: readonly string[]): boolean => areSame(fields, INBOUND_GROUP_BY);

const areSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((name) => others.includes(name));

function whyNot({ kind, subject }: Finding, activity: ActivityKind | null): string | null {
  const names = Object.keys(subject);
  if (kind === 'exception') return 'an exception itself is to be changed or removed';
  if (names.includes('metric') || activity === null)
    return 'exceptions are for activities; change what the rule expects';
  if (names.length === 0) return 'it is of many subjects together; nothing says which of them are meant';
  if (!names.every((name) => fieldOf(activity, name) !== null))
    return 'its fields are not those of an activity';
  return isToldApart(activity, subject)
    ? null
    : 'what it was is not known; an exception would match whatever is not';
}

/** Of what is not known, all looks alike; a protocol without anybody at its other end names nobody. */
function isToldApart(activity: ActivityKind, subject: Record<string, FieldValue>): boolean {
  return Object.entries(subject).some(
    ([name, value]) => name !== 'protocol' && value !== null && keptPart(activity, name, value) !== '',
  );
}

/** What is certain of a value of which not all is; null: all of it. */
function keptPart(activity: ActivityKind, name: string, value: FieldValue): string | null {
  if (isRounded(value)) return '';
  return typeof value === 'string' ? (fieldOf(activity, name)?.keptPart(value) ?? null) : null;
}

/** What was found, and what the rule asks of it beside that: an exception for a start is none for an end, nor for other processes. */
function within(
  activity: ActivityKind,
  match: Match | undefined,
  subject: Record<string, FieldValue>,
  target: ConditionMap,
): Match {
  const found = { ...target, ...matchOf(activity, subject) };
  // Only by these maps of the rule can it have been found.
  const maps = [match ?? {}]
    .flat()
    .filter((map) => Object.entries(map).every((condition) => admits(activity, condition, subject)))
    .map((map) => {
      const others = Object.entries(map).filter(([key]) => !Object.hasOwn(found, fieldIn(key)));
      return { ...Object.fromEntries(others), ...found };
    });
  const distinct = [...new Map(maps.map((map) => [JSON.stringify(map), map])).values()];
  const [first = found] = distinct;
  return distinct.length > 1 ? distinct : first;
}

function admits(
  activity: ActivityKind,
  [key, values]: [string, ConditionMap[string]],
  subject: Record<string, FieldValue>,
): boolean {
  const name = fieldIn(key);
  const condition = compileCondition(activity, key, values);
  return (
    !Object.hasOwn(subject, name) ||
    !('truthOf' in condition) ||
    condition.truthOf(subject[name] ?? undefined) !== 'no'
  );
}

const fieldIn = (key: string): string => key.split('|')[0] ?? '';

/** The fields that the finding is told apart by, so that they match just this. */
function matchOf(activity: ActivityKind, subject: Record<string, FieldValue>): ConditionMap {
  return Object.fromEntries(
    Object.entries(subject).map(([name, value]): [string, FieldValue] => {
      const kept = keptPart(activity, name, value);
      if (kept === null) return [name, typeof value === 'string' ? literal(value) : value];
      return kept === '' ? [`${name}|exists`, true] : [`${name}|startswith`, literal(kept)];
    }),
  );
}

/** What would be wildcards stands for itself; see pattern.ts. */
const literal = (text: string): string => text.replaceAll(/[\\*?]/g, String.raw`\$&`);
