import { checkCause, checkException, checkPackExceptions } from './check-activities.ts';
import { kindOf } from './kinds/kinds.ts';
import type { PackDocument, Rule } from './pack.ts';
import type { Path, Problem } from './problem.ts';

/** What is wrong with a pack of the right shape: ids that are there twice, and what checkRule finds. */
export function checkPack(pack: PackDocument): Problem[] {
  return [
    ...(pack.rules.length === 0 ? [{ path: ['rules'], message: 'there is no rule' }] : []),
    ...duplicateIds(pack),
    ...(pack.except ?? []).flatMap((exception, index) =>
      checkException(exception.activity, exception, ['except', index]),
    ),
    ...checkPackExceptions(pack),
    ...(pack.unless ?? []).flatMap(({ after }, index) => checkCause(after, ['unless', index, 'after'])),
    ...pack.rules.flatMap((rule, index) => checkRule(rule, ['rules', index])),
  ];
}

/** What is wrong with a rule of the right shape: metrics, fields, modifiers, values and units that do not exist. */
export function checkRule(rule: Rule, path: Path): Problem[] {
  return kindOf(rule).check(rule, path);
}

function duplicateIds({ rules }: PackDocument): Problem[] {
  return rules.flatMap(({ id }, index) =>
    rules.findIndex((other) => other.id === id) < index
      ? [{ path: ['rules', index, 'id'], message: `there is another rule with the id «${id}»` }]
      : [],
  );
}
