import { ACTIVITIES } from '../fields.ts';
import { type ActivityRule, isAboutActivities, type PackDocument } from '../pack.ts';
import type { Watched } from '../strangers.ts';
import { whereAllIsExcused } from './excuses-all.ts';

type Pack = Pick<PackDocument, 'rules' | 'except'>;

/** An exception with which nothing is left that could be found. */
interface TooBroad extends Below {
  /** The rule that has it; null: one of the whole pack. */
  rule: string | null;
}

interface Below {
  /** Where it stands, below the rule, or in the pack. */
  path: (string | number)[];
  /** Why that is all, for the end of a sentence; empty where it needs no words. */
  why: string;
}

/** Says what is wrong with it. */
export const sayTooBroad = ({ why }: Pick<Below, 'why'>): string =>
  `excuses everything that is looked for, so that nothing could ever fail; narrow it, or give it a \`maxCount\`${why}`;

/** What excuses everything turns a rule off, and nobody who reads that it passed would know. */
export function tooBroadIn(pack: Pack, watched?: Watched): TooBroad[] {
  return [
    ...pack.rules.filter(isAboutActivities).flatMap((rule) =>
      [...tooBroadOf(rule, watched), ...withShared(rule, pack, watched)].map((below) => ({
        rule: rule.id,
        ...below,
      })),
    ),
    ...sharedTooBroad(pack, watched).map((below) => ({ rule: null, ...below })),
  ];
}

/** Of one rule, below it. */
export function tooBroadOf(rule: ActivityRule, watched?: Watched): Below[] {
  const found = whereAllIsExcused(rule, rule.except ?? [], watched);
  return found === null ? [] : [{ path: ['except', found.index, 'match'], why: found.why }];
}

/** Of the exceptions of one rule those that leave nothing together with what its pack excuses, which alone leaves something. */
export function withShared(rule: ActivityRule, pack: Pack, watched?: Watched): Below[] {
  const own = rule.except ?? [];
  const shared = (pack.except ?? []).filter(({ activity }) => activity === rule.activity);
  if (own.length === 0 || shared.length === 0 || whereAllIsExcused(rule, own, watched) !== null) return [];
  const found = whereAllIsExcused(rule, [...shared, ...own], watched);
  const index = (found?.index ?? -1) - shared.length;
  return found === null || index < 0 ? [] : [{ path: ['except', index, 'match'], why: found.why }];
}

/** Of the exceptions of a whole pack: some rule of an activity must be left that can fail. */
export function sharedTooBroad({ rules, except = [] }: Pack, watched?: Watched): Below[] {
  return ACTIVITIES.flatMap((activity) => {
    const exceptions = except.filter((one) => one.activity === activity);
    const concerned = rules.filter(
      (rule): rule is ActivityRule =>
        isAboutActivities(rule) && rule.activity === activity && rule.severity === 'error',
    );
    const found = concerned.map((rule) => whereAllIsExcused(rule, exceptions, watched));
    const last = found.reduce(
      (one, other) => ((other?.index ?? -1) > (one?.index ?? -1) ? other : one),
      null,
    );
    const exception = last === null ? undefined : exceptions[last.index];
    if (last === null || exception === undefined || found.includes(null)) return [];
    return [{ path: ['except', except.indexOf(exception), 'match'], why: last.why }];
  });
}
