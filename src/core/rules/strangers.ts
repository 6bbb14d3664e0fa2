import type { ActivityKind } from '../../model/activity.ts';
import type { TargetReport, TargetSpec } from '../../model/target.ts';
import { compileCondition } from './conditions/condition.ts';
import { type Cause, isAboutActivities, type Match, type PackDocument, type Rule } from './pack.ts';
import { pathValues } from './path-values.ts';
import { derivedNames } from './records/derived-values.ts';
import { recordMetric } from './records/record-metric.ts';

/** What a run watches, by the names that rules call it. */
export interface Watched {
  targets: readonly string[];
  /** Tables of events; none where no target has one, so that rules about events do not apply anyway. */
  tables: readonly string[];
  /** Paths of logs; none where no target has one. */
  logs: readonly string[];
  /** Real paths of the folders whose files are watched; null: not known. */
  folders: readonly string[] | null;
  /** Metrics that the configuration derives; null: not known. */
  derived: readonly string[] | null;
}

/** A target, the table of its events, its logs, what is derived of them, its folders, and where they really lie, as far as that is known. */
export type WatchedTarget = Pick<TargetSpec, 'name' | 'events' | 'logs' | 'derived' | 'files'> &
  Pick<TargetReport, 'folders'>;

/** The names that rules can use for what is watched. */
export function watchedBy(targets: readonly WatchedTarget[]): Watched {
  return {
    targets: targets.map(({ name }) => name),
    tables: [...new Set(targets.flatMap(({ events }) => events?.table ?? []))],
    logs: [...new Set(targets.flatMap(({ logs = [] }) => logs.map(({ file }) => file)))],
    folders: targets.some(({ files = [], folders }) => files.length > 0 && folders === undefined)
      ? null
      : [...new Set(targets.flatMap(({ folders = [] }) => folders))],
    derived: [...new Set(targets.flatMap(({ derived = {} }) => derivedNames(derived)))],
  };
}

/** A name of something that a run does not watch, so that a rule, an exception or a cause would match nothing. */
export interface Stranger {
  what: 'target' | 'table' | 'log' | 'folder' | 'metric';
  name: string;
  /** The rule that names it; null: an exception or a cause of the whole pack does. */
  rule: string | null;
  /** Where it stands, below the rule, or in the pack. */
  path: (string | number)[];
  /** What there is instead. */
  candidates: readonly string[];
}

/** What a pack names in vain: targets and derived metrics of rules, and targets, tables of events, logs and paths of files that they, their causes and exceptions match. */
export function strangersIn(
  pack: Pick<PackDocument, 'rules' | 'except' | 'unless'>,
  watched: Watched,
): Stranger[] {
  const shared = [
    ...(pack.except ?? []).map(({ activity, match }, index) => ({
      activity,
      match,
      path: ['except', index, 'match'],
    })),
    ...(pack.unless ?? []).map(({ after }, index) => causeAt(after, ['unless', index, 'after', 'match'])),
  ];
  return [
    ...pack.rules.flatMap((rule) => ofRule(rule, watched)),
    ...shared.flatMap((placed) => inMatch(placed, watched)).map((found) => ({ ...found, rule: null })),
  ];
}

function ofRule(rule: Rule, watched: Watched): Stranger[] {
  const { id, target } = rule;
  const isUnknown = target !== undefined && !watched.targets.includes(target);
  const own = { what: 'target' as const, name: target ?? '', path: ['target'], candidates: watched.targets };
  const found = matchesOf(rule).flatMap((placed) => inMatch(placed, watched));
  return [...(isUnknown ? [own] : []), ...unknownMetric(rule, watched), ...found].map((one) => ({
    ...one,
    rule: id,
  }));
}

/** Nobody but the configuration says what a derived metric is. */
function unknownMetric(rule: Rule, { derived }: Watched): Omit<Stranger, 'rule'>[] {
  if (derived === null || rule.kind !== 'threshold' || recordMetric(rule.metric)?.of !== 'derived') return [];
  if (derived.includes(rule.metric)) return [];
  return [{ what: 'metric', name: rule.metric, path: ['metric'], candidates: derived }];
}

interface Placed {
  activity: ActivityKind;
  match: Match | undefined;
  path: (string | number)[];
}

function matchesOf(rule: Rule): Placed[] {
  if (rule.kind === 'deadline') return [causeAt(rule.after, ['after', 'match'])];
  if (!isAboutActivities(rule)) return [];
  const { activity, match, unless, except = [] } = rule;
  return [
    { activity, match, path: ['match'] },
    ...(unless === undefined ? [] : [causeAt(unless.after, ['unless', 'after', 'match'])]),
    ...except.map((one, index) => ({ activity, match: one.match, path: ['except', index, 'match'] })),
  ];
}

const causeAt = ({ activity, match }: Cause, path: (string | number)[]): Placed => ({
  activity,
  match,
  path,
});

function inMatch(placed: Placed, watched: Watched): Omit<Stranger, 'rule'>[] {
  return [...unknownNames(placed, watched), ...unwatchedPaths(placed, watched)];
}

function unwatchedPaths({ activity, match, path }: Placed, { folders }: Watched): Omit<Stranger, 'rule'>[] {
  if (activity !== 'file' || folders === null || folders.length === 0) return [];
  return pathValues(match)
    .filter(({ canLieIn }) => !folders.some(canLieIn))
    .map(({ value, path: below }) => ({
      what: 'folder',
      name: value,
      path: [...path, ...below],
      candidates: folders,
    }));
}

function unknownNames(
  { activity, match, path }: Placed,
  { targets, tables, logs }: Watched,
): Omit<Stranger, 'rule'>[] {
  const namesOf: Readonly<Record<string, { what: Stranger['what']; candidates: readonly string[] }>> = {
    target: { what: 'target', candidates: targets },
    'remote.target': { what: 'target', candidates: targets },
    ...(activity === 'event' ? { source: { what: 'table', candidates: tables } } : {}),
    ...(activity === 'log' ? { source: { what: 'log', candidates: logs } } : {}),
  };
  const maps = Array.isArray(match) ? match.map((map, index) => ({ map, at: [index] })) : [];
  const all = match === undefined || Array.isArray(match) ? maps : [{ map: match, at: [] }];
  return all.flatMap(({ map, at }) =>
    Object.entries(map).flatMap(([key, given]) => {
      const names = namesOf[key.split('|')[0] ?? ''];
      if (names === undefined || names.candidates.length === 0) return [];
      const values = Array.isArray(given) ? given : [given];
      return values.flatMap((value, index): Omit<Stranger, 'rule'>[] => {
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
