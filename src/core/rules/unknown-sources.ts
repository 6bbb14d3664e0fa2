import { compileCondition } from './condition.ts';
import { type Cause, isAboutActivities, type Match, type Rule } from './pack.ts';

/** A table of events that a rule names in one of its keys. */
export interface NamedSource {
  key: 'match' | 'unless' | 'after';
  value: string;
}

/** Tables of events that a rule names and that are none of those that are read: it would never match. */
export function unknownSources(rule: Rule, tables: readonly string[]): NamedSource[] {
  return causesOf(rule).flatMap(({ key, cause }) =>
    cause.activity !== 'event' || cause.match === undefined
      ? []
      : namedIn(cause.match)
          .filter((named) => !isAnyOf(named, tables))
          .map(({ value }) => ({ key, value })),
  );
}

function causesOf(rule: Rule): { key: NamedSource['key']; cause: Cause }[] {
  if (rule.kind === 'deadline') return [{ key: 'after', cause: rule.after }];
  if (!isAboutActivities(rule)) return [];
  return [
    { key: 'match', cause: rule },
    ...(rule.unless === undefined ? [] : [{ key: 'unless' as const, cause: rule.unless.after }]),
  ];
}

/** The case of a name is the database's own, so that a regular expression may fit it and not what the user wrote. */
function namedIn(match: Match): { key: string; value: string }[] {
  return [match]
    .flat()
    .flatMap((map) => Object.entries(map))
    .filter(([key]) => /^source(?!.*\|re\b)(\||$)/.test(key))
    .flatMap(([key, values]) =>
      (Array.isArray(values) ? values : [values]).flatMap((value) =>
        typeof value === 'string' ? [{ key: key.replace('|all', ''), value }] : [],
      ),
    );
}

function isAnyOf({ key, value }: { key: string; value: string }, tables: readonly string[]): boolean {
  const condition = compileCondition('event', key, value);
  return !('truthOf' in condition) || tables.some((table) => condition.truthOf(table) === 'yes');
}
