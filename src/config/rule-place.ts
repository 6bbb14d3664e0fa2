import type { RulePack } from '../core/rules/pack.ts';
import { readDocumentFile } from './document-file.ts';
import { YamlDocument } from './yaml-document.ts';

/** A part of a rule, or of what a pack says of all of its rules. */
interface PackPart {
  /** null: of the whole pack. */
  rule: string | null;
  /** Below the rule, or in the pack. */
  path: readonly (string | number)[];
}

/** Where that stands, as `file:line:column`. */
export function placeInPack(pack: RulePack, { rule, path }: PackPart): string {
  return rule === null ? placeOfShared(pack, path) : placeOfRule(pack, rule, path);
}

/**
 * Where a part of a rule stands, as `file:line:column`: in the pack, in an override, or in a pack that it extends; else the file.
 * @param path below the rule
 */
function placeOfRule({ file, bases = [] }: RulePack, id: string, path: readonly (string | number)[]): string {
  for (const one of [file, ...bases.map((base) => base.file)]) {
    const document = documentOf(one);
    const place = document === null ? null : pathOf(document.value, id, path);
    if (document === null || place === null) continue;
    const { line, column } = document.positionOf(place, 'value');
    return `${one}:${line}:${column}`;
  }
  return file;
}

/**
 * Where a part of an exception or a cause of the whole pack stands, likewise: those of packs that it extends come first.
 * @param path from the pack on: `except` or `unless`, and which of them
 */
function placeOfShared(pack: RulePack, [key, index, ...below]: readonly (string | number)[]): string {
  const { file, bases = [] } = pack;
  if ((key !== 'except' && key !== 'unless') || typeof index !== 'number') return file;
  const wanted = essenceOf(pack[key]?.[index]);
  for (const one of [file, ...bases.map((base) => base.file)]) {
    const document = documentOf(one);
    const list = (document?.value as Record<string, unknown> | null | undefined)?.[key];
    const at = Array.isArray(list) ? list.findIndex((entry) => essenceOf(entry) === wanted) : -1;
    if (document === null || at < 0) continue;
    const { line, column } = document.positionOf([key, at, ...below], 'value');
    return `${one}:${line}:${column}`;
  }
  return file;
}

/** What an exception or a cause is about, as text. */
function essenceOf(entry: unknown): string {
  const { activity, match, after } = (entry ?? {}) as Record<string, unknown>;
  return JSON.stringify([activity, match, after]);
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
