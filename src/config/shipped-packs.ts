import { readdirSync } from 'node:fs';
import { loadRulePacks } from './rule-packs.ts';

/** The packs that ship, with what each says of itself, in the order of their names. */
export function shippedPacks(packsFolder: string): { name: string; about: string }[] {
  const names = readdirSync(packsFolder).flatMap((file) => /^(.+)\.yaml$/u.exec(file)?.[1] ?? []);
  return loadRulePacks(names.sort(), { packsFolder }).map(({ pack, about }) => ({
    name: pack,
    about: about?.trim().replaceAll(/\s+/gu, ' ') ?? '',
  }));
}
