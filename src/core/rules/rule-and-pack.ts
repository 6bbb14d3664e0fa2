import type { ActivityKind } from '../../model/activity.ts';
import type { Cause, Exception, PackDocument, Rule, Unless } from './pack.ts';

/** What excuses activities of a kind for the rules of a pack. */
type OfPack = Pick<PackDocument, 'except' | 'unless'>;

/** The causes that excuse what a rule looks for: its own, then those that its pack has for the activity. */
export function unlessOf(rule: Rule, { unless = [] }: OfPack): Unless[] {
  const own = 'unless' in rule && rule.unless !== undefined ? [rule.unless] : [];
  return [...own, ...unless.filter(concerns(rule))];
}

/** The exceptions of a rule, then those that its pack has for the activity. */
export function exceptionsOf(rule: Rule, { except = [] }: OfPack): Exception[] {
  const own = 'except' in rule ? (rule.except ?? []) : [];
  return [...own, ...except.filter(concerns(rule))];
}

/** Everything that counts for a rule by having happened before: its trigger, and the causes that excuse. */
export function causesOf(rule: Rule, pack: OfPack): Cause[] {
  const trigger = 'after' in rule ? [rule.after] : [];
  return [...trigger, ...unlessOf(rule, pack).map(({ after }) => after)];
}

function concerns(rule: Rule): (one: { activity: ActivityKind }) => boolean {
  const activity = 'activity' in rule ? rule.activity : undefined;
  return (one) => one.activity === activity;
}
