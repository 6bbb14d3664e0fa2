import { shippedPackNames } from './pack-name.ts';
import { loadRulePacks } from './rule-packs.ts';

/** The packs that ship, with what each says of itself, in the order of their names. */
export function shippedPacks(packsFolder: string): { name: string; about: string }[] {
  return loadRulePacks(shippedPackNames(packsFolder), { packsFolder }).map(({ pack, about }) => ({
    name: pack,
    about: about?.trim().replaceAll(/\s+/gu, ' ') ?? '',
  }));
}
