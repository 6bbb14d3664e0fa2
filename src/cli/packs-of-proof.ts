import { parsePackName } from '../config/pack-name.ts';
import { loadRulePacks } from '../config/rule-packs.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { IdleproofError } from '../errors.ts';
import { PACKS_FOLDER } from './packs-folder.ts';

/**
 * The packs that a proof names, in its order: those that were given, by the name that each of them has, and the others as they
 * ship. A proof may rest on packs that nobody named: a command's lifecycle is judged in any case.
 * @param given files and names with --rules
 * @throws IdleproofError where one of them is neither given nor ships
 */
export function packsOfProof(names: readonly string[], given: readonly string[]): RulePack[] {
  const own = loadRulePacks(given, { packsFolder: PACKS_FOLDER });
  const named = names.map((name) => {
    const { base } = parsePackName(name);
    return own.find(({ pack }) => pack === base) ?? shipped(name, base);
  });
  return [...named, ...own.filter((pack) => !named.includes(pack))];
}

function shipped(name: string, pack: string): RulePack {
  try {
    return loadRulePacks([name], { packsFolder: PACKS_FOLDER })[0]!;
  } catch (error) {
    const isUnknown = error instanceof IdleproofError && error.code === 'RULE_PACK_NOT_FOUND';
    throw isUnknown ? new IdleproofError('PROOF_PACK_UNKNOWN', { pack }, error) : error;
  }
}
