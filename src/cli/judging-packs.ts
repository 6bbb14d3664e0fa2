import { closest } from 'fastest-levenshtein';
import { loadRulePacks } from '../config/rule-packs.ts';
import { placeInPack } from '../config/rule-place.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { strangersIn, type WatchedTarget, watchedBy } from '../core/rules/strangers.ts';
import { tooBroadIn } from '../core/rules/too-broad/too-broad.ts';
import { IdleproofError } from '../errors.ts';
import { DEFAULT_PACKS } from './default-packs.ts';
import { PACKS_FOLDER } from './packs-folder.ts';

/** Judges the stop of a command that the check started itself (rule orphan-process). */
const STOP_PACK = 'sidecar-lifecycle';

/** The packs of these names (the default ones where there are none) for targets, with the one about stopping where a command is. */
export function packsFor(
  names: readonly string[],
  targets: readonly WatchedTarget[],
  startsCommand: boolean,
): RulePack[] {
  const asked = names.length > 0 ? names : DEFAULT_PACKS;
  const withStop = startsCommand && !asked.includes(STOP_PACK) ? [...asked, STOP_PACK] : asked;
  const packs = loadRulePacks(withStop, { packsFolder: PACKS_FOLDER });
  refuseStrangers(packs, targets);
  return packs;
}

/** A rule about a target, a table, a log, a path or a derived metric that is not watched would never be judged, or match nothing; one that all of them are excused from never fails. */
export function refuseStrangers(packs: readonly RulePack[], targets: readonly WatchedTarget[]): void {
  const watched = watchedBy(targets);
  for (const pack of packs) {
    for (const { what, name, rule, path, candidates } of strangersIn(pack, watched)) {
      const whose = rule === null ? `\`${path[0]}\` of the pack ${pack.pack}` : `the rule ${rule}`;
      const place = { file: placeInPack(pack, { rule, path }), whose };
      const nearest = closest(name, [...candidates]);
      if (what === 'metric') {
        const instead = candidates.length === 0 ? '' : `; the nearest is ${nearest}`;
        throw new IdleproofError('RULE_METRIC_UNKNOWN', { ...place, metric: name, nearest: instead });
      }
      if (what === 'folder')
        throw new IdleproofError('RULE_PATH_UNWATCHED', {
          ...place,
          path: name,
          folders: candidates.join(', '),
        });
      if (what === 'log') throw new IdleproofError('RULE_LOG_UNKNOWN', { ...place, log: name, nearest });
      if (what === 'table')
        throw new IdleproofError('RULE_TABLE_UNKNOWN', { ...place, table: name, nearest });
      throw new IdleproofError('RULE_TARGET_UNKNOWN', { ...place, target: name, nearest });
    }
    for (const { rule, path, why } of tooBroadIn(pack, watched)) {
      const whose = rule === null ? `the pack ${pack.pack}` : `the rule ${rule}`;
      const file = placeInPack(pack, { rule, path });
      const details = { file, whose, targets: watched.targets.join(', '), why };
      throw new IdleproofError('RULE_EXCEPTION_TOO_BROAD', details);
    }
  }
}
