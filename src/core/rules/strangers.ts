import type { ActivityKind } from '../../model/activity.ts';
import type { TargetSpec } from '../../model/target.ts';
import { compileCondition } from './condition.ts';
import { isAboutActivities, type Cause, type Match, type Rule } from './pack.ts';

/** What a run watches, by the names that rules call it. */
export interface Watched {
  targets: readonly string[];
  /** Tables of events; none where no target has one, so that rules about events do not apply anyway. */
  tables: readonly string[];
}

/** A target, and the table of its events. */
export type WatchedTarget = Pick<TargetSpec, 'name' | 'events'>;

export function watchedBy(targets: readonly WatchedTarget[]): Watched {
  return {
    targets: targets.map(({ name }) => name),
    tables: [...new Set(targets.flatMap(({ events }) => events?.table ?? []))],
  };
}

/** A name of something that a run does not watch, so that the rule would match nothing. */
export interface Stranger {
  what: 'target' | 'table';
  name: string;
  /** Where it stands, below the rule. */
  path: (string | number)[];
  /** What there is instead. */
  candidates: readonly string[];
}

/** What a rule names in vain: its target, and targets and tables of events that it and its causes match. */
export function strangersIn(rule: Rule, watched: Watched): Stranger[] {
  const { target } = rule;
  const isUnknown = target !== undefined && !watched.targets.includes(target);
  return [
    ...(isUnknown
      ? [{ what: 'target' as const, name: target, path: ['target'], candidates: watched.targets }]
      : []),
    ...matchesOf(rule).flatMap(({ activity, match, path }) => inMatch(activity, match, path, watched)),
  ];
}

interface Placed {
  activity: ActivityKind;
  match: Match | undefined;
  path: string[];
}

function matchesOf(rule: Rule): Placed[] {
  if (rule.kind === 'deadline') return [causeAt(rule.after, ['after', 'match'])];
  if (!isAboutActivities(rule)) return [];
  const { activity, match, unless } = rule;
  const own = { activity, match, path: ['match'] };
  return unless === undefined ? [own] : [own, causeAt(unless.after, ['unless', 'after', 'match'])];
}

const causeAt = ({ activity, match }: Cause, path: string[]): Placed => ({ activity, match, path });

function inMatch(
  activity: ActivityKind,
  match: Match | undefined,
  path: readonly string[],
  { targets, tables }: Watched,
): Stranger[] {
  const namesOf: Readonly<Record<string, { what: Stranger['what']; candidates: readonly string[] }>> = {
    target: { what: 'target', candidates: targets },
    'remote.target': { what: 'target', candidates: targets },
    ...(activity === 'event' ? { source: { what: 'table', candidates: tables } } : {}),
  };
  const maps = Array.isArray(match) ? match.map((map, index) => ({ map, at: [index] })) : [];
  const all = match === undefined || Array.isArray(match) ? maps : [{ map: match, at: [] }];
  return all.flatMap(({ map, at }) =>
    Object.entries(map).flatMap(([key, given]) => {
      const names = namesOf[key.split('|')[0] ?? ''];
      if (names === undefined || names.candidates.length === 0) return [];
      const values = Array.isArray(given) ? given : [given];
      return values.flatMap((value, index): Stranger[] => {
        if (typeof value !== 'string' || fits(activity, key, value, names.candidates)) return [];
        const place = [...path, ...at, key, ...(Array.isArray(given) ? [index] : [])];
        return [{ ...names, name: value, path: place }];
      });
    }),
  );
}

function fits(activity: ActivityKind, key: string, value: string, names: readonly string[]): boolean {
  const condition = compileCondition(activity, key, value);
  return !('truthOf' in condition) || names.some((name) => condition.truthOf(name) !== 'no');
}
