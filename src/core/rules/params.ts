import { isNumeric, type PackDocument, type Parameter, type Rule } from './pack.ts';
import type { Problem } from './problem.ts';

const REFERENCE = /\{([^{}]*)\}/g;
/** Switches off what uses a parameter. */
const OFF = 'off';

/**
 * Puts parameters into the expectations that name them, as `< {memory}`. What names a parameter that is `off` is
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
  const rules = pack.rules.map((rule, index): Rule => {
    if (!isNumeric(rule)) return rule;
    const path = ['rules', index] as const;
    const expect = fill(rule.expect, params, [...path, 'expect'], problems);
    if (!('within' in rule)) return { ...rule, expect };
    const within = fill({ within: rule.within }, params, path, problems)['within'];
    // Without its time it cannot be judged, as without what it expects.
    return within === undefined ? { ...rule, expect: {} } : { ...rule, within, expect };
  });
  return { pack: { ...pack, params, rules }, problems };
}

/** An expectation as far as it can be checked without knowing the parameters. */
export function withoutReferences(rule: Rule): Rule {
  if (!isNumeric(rule)) return rule;
  const plain = Object.entries(rule.expect).filter(([, text = '']) => text.search(REFERENCE) < 0);
  return { ...rule, expect: Object.fromEntries(plain) };
}

/** The rules that are on: one without any expectation left is off. */
export function rulesThatAreOn(rules: readonly Rule[]): Rule[] {
  return rules.filter((rule) => !isNumeric(rule) || Object.keys(rule.expect).length > 0);
}

/** Names of the parameters that a rule uses. */
export function paramsOf(rule: Rule): string[] {
  if (!isNumeric(rule)) return [];
  const texts = [...Object.values(rule.expect), ...('within' in rule ? [rule.within] : [])];
  return texts.flatMap((text = '') => namesIn(text));
}

const namesIn = (text: string): string[] => [...text.matchAll(REFERENCE)].map(([, name = '']) => name);

function fill(
  texts: Readonly<Record<string, string | undefined>>,
  params: Readonly<Record<string, Parameter>>,
  path: readonly (string | number)[],
  problems: Problem[],
): Record<string, string> {
  const filled: Record<string, string> = {};
  const entries = Object.entries(texts);
  if (entries.length === 0) problems.push({ path: [...path], message: 'expects nothing' });
  for (const [key, text = ''] of entries) {
    const names = namesIn(text);
    const unknown = names.filter((name) => !Object.hasOwn(params, name));
    for (const name of unknown) {
      problems.push({
        path: [...path, key],
        message: `«${name}» is not a parameter of this pack`,
        value: name,
        candidates: Object.keys(params),
      });
    }
    if (unknown.length > 0 || names.some((name) => params[name] === OFF)) continue;
    filled[key] = text.replaceAll(REFERENCE, (_, name: string) => String(params[name]));
  }
  return filled;
}
