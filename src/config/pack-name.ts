import { readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { IdleproofError } from '../errors.ts';

/** What names a pack: one that ships or a file, with values for its parameters. */
interface NamedPack {
  /** Without parameters. */
  base: string;
  params: Record<string, string>;
}

/** Where a pack lies, and what it is called in messages. */
export interface PackPlace {
  /** As it was named, without parameters. */
  name: string;
  file: string;
  path: string;
}

/** Whether a pack is named by its file, and not by the name of one that ships. */
export function isPath(name: string): boolean {
  return /[/\\]|\.ya?ml$/.test(name);
}

/** What follows a name: values of parameters, which may hold slashes (1MB/h), or what was meant for them, and no part of a path. */
const WITH_PARAMS = /^(.+?):([^=/\\]*=.*|[^/\\.]*)$/;

/**
 * `idle-budget:memory=50MB` → idle-budget, with a value for `memory`.
 * @throws IdleproofError where a value is missing, or one is given twice
 */
export function parsePackName(name: string): NamedPack {
  const [, base, list] = WITH_PARAMS.exec(name) ?? [];
  if (base === undefined || list === undefined) return { base: name, params: {} };
  const params = new Map<string, string>();
  const refuse = (problem: string): IdleproofError =>
    new IdleproofError('RULE_PARAMETER_INVALID', { name, problem });
  for (const pair of list.split(',')) {
    const [param = '', ...value] = pair.split('=').map((part) => part.trim());
    if (param === '') throw refuse(list === '' ? 'nothing follows the colon' : 'a parameter has no name');
    if (value.join('') === '') throw refuse(`the parameter «${param}» has no value`);
    if (params.has(param)) throw refuse(`the parameter «${param}» is given twice`);
    params.set(param, value.join('='));
  }
  return { base, params: Object.fromEntries(params) };
}

/** A pack and its parameters as it is named. */
export function packNameOf(base: string, params: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? base : `${base}:${pairs.join(',')}`;
}

/**
 * Where the pack of a name lies, without parameters.
 * @param folder from which paths are taken; `.`: from where they were given
 */
export function placeOfPack(name: string, folder: string, packsFolder: string): PackPlace {
  if (!isPath(name)) return { name, file: `${name}.yaml`, path: join(packsFolder, `${name}.yaml`) };
  const path = isAbsolute(name) ? name : join(folder, name);
  return { name, file: folder === '.' ? name : path, path };
}

/** Names of the packs that ship; examples may lie beside them. */
export function shippedPackNames(packsFolder: string): string[] {
  return readdirSync(packsFolder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}
