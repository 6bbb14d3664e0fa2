import { readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

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

/** `idle-budget:memory=50MB` → idle-budget, with a value for `memory`. */
export function parsePackName(name: string): NamedPack {
  const [, base, list] = /^(.+?):([a-z][\w.-]*=[^=,]+(?:,[a-z][\w.-]*=[^=,]+)*)$/.exec(name) ?? [];
  if (base === undefined || list === undefined) return { base: name, params: {} };
  const pairs = list
    .split(',')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return { base, params: Object.fromEntries(pairs) as Record<string, string> };
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
