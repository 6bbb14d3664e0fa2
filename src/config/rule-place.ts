import type { RulePack } from '../core/rules/pack.ts';
import { readDocumentFile } from './document-file.ts';
import { YamlDocument } from './yaml-document.ts';

/**
 * Where a part of a rule stands, as `file:line:column`: in the pack, in an override, or in a pack that it extends; else the file.
 * @param path below the rule
 */
export function placeOfRule(
  { file, bases = [] }: RulePack,
  id: string,
  path: readonly (string | number)[],
): string {
  for (const one of [file, ...bases.map((base) => base.file)]) {
    const document = documentOf(one);
    const place = document === null ? null : pathOf(document.value, id, path);
    if (document === null || place === null) continue;
    const { line, column } = document.positionOf(place, 'value');
    return `${one}:${line}:${column}`;
  }
  return file;
}

/** Null: it is not there any more, or ships with idleproof. */
function documentOf(file: string): YamlDocument | null {
  try {
    return new YamlDocument(readDocumentFile(file).toString('utf8'));
  } catch {
    return null;
  }
}

function pathOf(value: unknown, id: string, below: readonly (string | number)[]): (string | number)[] | null {
  const { rules, override } = (value ?? {}) as {
    rules?: unknown;
    override?: Record<string, object | null> | null;
  };
  const change = override?.[id];
  if (typeof change === 'object' && change !== null && Object.hasOwn(change, below[0] ?? ''))
    return ['override', id, ...below];
  const index = Array.isArray(rules)
    ? rules.findIndex((rule: { id?: unknown } | null) => rule?.id === id)
    : -1;
  return index < 0 ? null : ['rules', index, ...below];
}
