import type { PackDocument, Rule } from './pack.ts';
import { paramsOf } from './params.ts';
import type { Path, Problem } from './problem.ts';

/** A pack that another one extends, complete in itself. */
export interface Base {
  document: PackDocument;
  /** Place of its name in `extends`. */
  path: Path;
}

/** A pack with everything that it takes from others. */
export interface Extended {
  /** Rules of the bases first, in their order, as they were changed; then its own. */
  document: PackDocument;
  problems: Problem[];
  /** A problem of the document as one of the file of the pack itself. */
  inFile: (problem: Problem) => Problem;
}

/** Reads a changed rule anew; its problems have paths within the rule. */
export type ReadRule = (
  value: unknown,
) => { rule: Rule; problems: null } | { rule: null; problems: Problem[] };

/** Keys of which an override changes what it names, and leaves the rest. */
const JOINED: ReadonlySet<string> = new Set(['expect', 'period']);

const FIXED: ReadonlySet<string> = new Set(['id', 'kind']);

/**
 * Adds the rules, exceptions, causes and parameters of other packs to a pack. An override replaces the values of the keys that it
 * names; `expect` and `period` by their keys, `null` removes one, and exceptions are added. Whoever mistypes the id of one
 * is told, and so is who writes a rule with an id that is there: it would be unclear which of both holds.
 */
export function extendPack(own: PackDocument, bases: readonly Base[], readRule: ReadRule): Extended {
  const problems: Problem[] = [...clashes(own, bases)];
  const override = own.override ?? {};
  const inherited = bases.flatMap(({ document, path }) => document.rules.map((rule) => ({ rule, path })));
  const ids = inherited.map(({ rule }) => rule.id);
  for (const id of Object.keys(override)) {
    if (ids.includes(id)) continue;
    const message =
      ids.length === 0
        ? 'there is nothing to override: the pack extends no other'
        : `no rule «${id}» is extended`;
    problems.push({ path: ['override', id], at: 'key', message, value: id, candidates: ids });
  }
  const changed = inherited.map(({ rule }) => {
    const change = Object.hasOwn(override, rule.id) ? override[rule.id] : undefined;
    return change === undefined ? rule : overridden(rule, change, readRule, problems);
  });
  const documents = bases.map(({ document }) => document);
  const document: PackDocument = {
    ...own,
    params: Object.assign(
      {},
      ...documents.map(({ params }) => params ?? {}),
      own.params ?? {},
    ) as Required<PackDocument>['params'],
    ...lists(own, documents),
    rules: [...changed, ...own.rules],
  };
  return {
    document,
    problems: [...problems, ...inVain(own, document, documents)],
    inFile: placer(own, inherited, documents),
  };
}

function overridden(
  rule: Rule,
  change: Readonly<Record<string, unknown>>,
  readRule: ReadRule,
  problems: Problem[],
): Rule {
  const base: Readonly<Record<string, unknown>> = { ...rule };
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    if (FIXED.has(key)) {
      const message = `an override cannot change the ${key} of a rule; write a rule of your own`;
      problems.push({ path: ['override', rule.id, key], at: 'key', message });
    } else if (value === null) delete merged[key];
    else if (JOINED.has(key)) merged[key] = joined(base[key], value);
    else if (key === 'except' && Array.isArray(value))
      merged[key] = [...((base[key] as unknown[] | undefined) ?? []), ...(value as unknown[])];
    else merged[key] = value;
  }
  const read = readRule(merged);
  if (read.problems === null) return read.rule;
  problems.push(
    ...read.problems.map((problem) => ({ ...problem, path: inOverride(rule, change, problem.path) })),
  );
  return rule;
}

function joined(base: unknown, value: unknown): unknown {
  if (!isMap(base) || !isMap(value)) return value;
  return Object.fromEntries(Object.entries({ ...base, ...value }).filter(([, one]) => one !== null));
}

/** A path in a changed rule as one in its override; exceptions that were there before come first. */
function inOverride(rule: Rule, change: object, [key, ...rest]: Path): (string | number)[] {
  const at = ['override', rule.id];
  if (key === undefined || !Object.hasOwn(change, key)) return at;
  const [index, ...inner] = rest;
  const before = key === 'except' && 'except' in rule ? (rule.except?.length ?? 0) : 0;
  return typeof index === 'number' && key === 'except'
    ? [...at, key, Math.max(0, index - before), ...inner]
    : [...at, key, ...rest];
}

/** Rules and parameters that several packs have: nobody could say which of them is meant. */
function clashes(own: PackDocument, bases: readonly Base[]): Problem[] {
  const found: Problem[] = [];
  const owner = new Map<string, string>();
  const params = new Map<string, string>();
  for (const { document, path } of bases) {
    for (const { id } of document.rules) {
      const other = owner.get(id);
      if (other !== undefined) {
        found.push({ path: [...path], message: `${other} and ${document.pack} both have a rule «${id}»` });
      }
      owner.set(id, document.pack);
    }
    for (const name of Object.keys(document.params ?? {})) {
      const other = params.get(name);
      if (other !== undefined) {
        found.push({
          path: [...path],
          message: `${other} and ${document.pack} both have a parameter «${name}»`,
        });
      }
      params.set(name, document.pack);
    }
  }
  own.rules.forEach(({ id }, index) => {
    const other = owner.get(id);
    if (other === undefined) return;
    const message = `${other} has a rule «${id}»; to change it, name it below \`override\``;
    found.push({ path: ['rules', index, 'id'], message });
  });
  return found;
}

function lists(own: PackDocument, bases: readonly PackDocument[]): Pick<PackDocument, 'except' | 'unless'> {
  const all = [...bases, own];
  const except = all.flatMap((one) => one.except ?? []);
  const unless = all.flatMap((one) => one.unless ?? []);
  return { ...(except.length === 0 ? {} : { except }), ...(unless.length === 0 ? {} : { unless }) };
}

/** Parameters that neither a base has nor a rule uses: mistyped ones. */
function inVain(own: PackDocument, whole: PackDocument, bases: readonly PackDocument[]): Problem[] {
  if (bases.length === 0) return [];
  const known = new Set([
    ...bases.flatMap(({ params }) => Object.keys(params ?? {})),
    ...whole.rules.flatMap(paramsOf),
  ]);
  return Object.keys(own.params ?? {})
    .filter((name) => !known.has(name))
    .map((name) => ({
      path: ['params', name],
      at: 'key',
      message: `no rule uses the parameter «${name}»`,
      value: name,
      candidates: [...known],
    }));
}

function placer(
  own: PackDocument,
  inherited: readonly { rule: Rule; path: Path }[],
  bases: readonly PackDocument[],
): Extended['inFile'] {
  const count = (of: 'except' | 'unless'): number =>
    bases.reduce((sum, base) => sum + (base[of]?.length ?? 0), 0);
  const before: Record<string, number> = { except: count('except'), unless: count('unless') };
  return (problem) => {
    const [top, index, ...rest] = problem.path;
    if (typeof top !== 'string' || typeof index !== 'number') return problem;
    if (top !== 'rules') return { ...problem, path: [top, Math.max(0, index - (before[top] ?? 0)), ...rest] };
    const base = inherited[index];
    if (base === undefined) return { ...problem, path: [top, index - inherited.length, ...rest] };
    const { rule, path } = base;
    const message = `${rule.id}: ${problem.message}`;
    const change = own.override?.[rule.id];
    if (change !== undefined) return { ...problem, message, path: inOverride(rule, change, rest) };
    const param = paramsOf(rule).find((name) => Object.hasOwn(own.params ?? {}, name));
    return { ...problem, message, path: param === undefined ? [...path] : ['params', param] };
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
