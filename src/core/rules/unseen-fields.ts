import type { TargetReport } from '../../model/target.ts';
import { couldHave } from './conditions/could-have.ts';
import { DATA_PREFIX } from './fields.ts';
import { namedData } from './named-data.ts';
import type { ConditionMap, Match } from './pack.ts';

/** A field that a match names and that no line it can be about ever had. */
export interface UnseenField {
  name: string;
  /** What those lines had. */
  known: readonly string[];
  /** The match says that lines need not have it: the field may be none of theirs so far, and no mistake. */
  isOptional: boolean;
}

/** Fields that no line of these targets' logs ever had; none where such lines never came, or not all of their fields are known. */
export function unseenFields(match: Match | undefined, targets: readonly TargetReport[]): UnseenField[] {
  return namedData(match).flatMap(({ map, names }) => {
    const known = names.length === 0 ? null : fieldsOfLines(map, targets);
    if (known === null) return [];
    return names
      .filter((name) => !known.includes(name))
      .map((name) => ({ name, known, isOptional: map[`${DATA_PREFIX}${name}|exists`] === true }));
  });
}

/** null: no such line was ever seen, or what such lines have is not known. */
function fieldsOfLines(map: ConditionMap, targets: readonly TargetReport[]): string[] | null {
  const fields = new Set<string>();
  let wasSeen = false;
  for (const { logCategories = [], logFields } of targets) {
    for (const category of logCategories.filter((one) => couldHave('log', map, 'category', one))) {
      if (logFields === undefined || !Object.hasOwn(logFields, category)) return null;
      wasSeen = true;
      for (const name of logFields[category] ?? []) fields.add(name);
    }
  }
  return wasSeen ? [...fields] : null;
}
