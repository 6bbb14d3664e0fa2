import type { PackDocument, Parameter, Rule, ThresholdRule } from './pack.ts';
import type { Problem } from './problem.ts';

const REFERENCE = /\{([^{}]*)\}/g;

/**
 * Puts parameters into the expectations that name them, as `< {memory}`. What names a parameter that is off (null) is
 * left out; every rule stays in its place, so that paths into the file hold.
 * @param given values that replace the pack's own
 */
export function applyParams(
  pack: PackDocument,
  given: Readonly<Record<string, string>>,
): { pack: PackDocument; problems: Problem[] } {
  const declared = pack.params ?? {};
  const problems: Problem[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => ({
      path: ['params'],
      at: 'key',
      message: `the pack ${pack.pack} has no parameter «${name}»`,
      value: name,
      candidates: Object.keys(declared),
    }));
  const params: Record<string, Parameter> = { ...declared };
  for (const [name, value] of Object.entries(given)) if (Object.hasOwn(declared, name)) params[name] = value;
  const rules = pack.rules.map(
    (rule, index): Rule =>
      rule.kind === 'threshold'
        ? { ...rule, expect: fill(rule, params, ['rules', index, 'expect'], problems) }
        : rule,
  );
  return { pack: { ...pack, params, rules }, problems };
}

/** An expectation as far as it can be checked without knowing the parameters. */
export function withoutReferences(rule: Rule): Rule {
  if (rule.kind !== 'threshold') return rule;
  const plain = Object.entries(rule.expect).filter(([, text = '']) => text.search(REFERENCE) < 0);
  return { ...rule, expect: Object.fromEntries(plain) };
}

/** The rules that are on: a threshold without any expectation left is off. */
export function rulesThatAreOn(rules: readonly Rule[]): Rule[] {
  return rules.filter((rule) => rule.kind !== 'threshold' || Object.keys(rule.expect).length > 0);
}

function fill(
  rule: ThresholdRule,
  params: Readonly<Record<string, Parameter>>,
  path: readonly (string | number)[],
  problems: Problem[],
): ThresholdRule['expect'] {
  const filled: ThresholdRule['expect'] = {};
  if (Object.keys(rule.expect).length === 0) problems.push({ path: [...path], message: 'expects nothing' });
  for (const [aggregate, text = ''] of Object.entries(rule.expect)) {
    const names = [...text.matchAll(REFERENCE)].map(([, name = '']) => name);
    const unknown = names.filter((name) => !Object.hasOwn(params, name));
    for (const name of unknown) {
      problems.push({
        path: [...path, aggregate],
        message: `«${name}» is not a parameter of this pack`,
        value: name,
        candidates: Object.keys(params),
      });
    }
    if (unknown.length > 0 || names.some((name) => params[name] === null)) continue;
    filled[aggregate as keyof ThresholdRule['expect']] = text.replaceAll(REFERENCE, (_, name: string) =>
      String(params[name]),
    );
  }
  return filled;
}
