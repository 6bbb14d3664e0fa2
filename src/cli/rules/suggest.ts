import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { packNameOf } from '../../config/pack-name.ts';
import type { RulePack } from '../../core/rules/pack.ts';
import type { Proof } from '../../model/proof.ts';
import { EXIT } from '../exit-codes.ts';
import { PACKS_FOLDER } from '../packs-folder.ts';
import { collect } from '../selector-options.ts';
import { renderJson } from '../../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof rules suggest reports/2026-11-20_1400_app/proof.json > ours.yaml
  idleproof rules suggest reports/*/proof.json --rules ./base.yaml > ours.yaml      of proofs by a pack of your own
  idleproof rules lint ours.yaml                   until every reason is filled in

It writes a pack that extends those whose rules were broken. Nothing is excused by itself: what has no reason is refused.
A file of yours is extended by the path that it is named with here, which is taken from the folder where the new pack lies.
Where there is nothing to suggest it says so, and writes nothing.
Exit codes: 0 written, or nothing to suggest, 3 usage, or no proof, 4 idleproof itself failed.`;

interface SuggestOptions {
  rules: string[];
  json?: boolean;
}

/** `idleproof rules suggest`: exceptions for what proofs found. */
export function suggestCommand(done: (exitCode: number) => void): Command {
  return new Command('suggest')
    .description('write exceptions for what was found, reasons left to fill in')
    .argument('<proof...>', 'proof.json of a run or a window')
    .option('--rules <pack>', 'files of packs that the proofs were judged by, may be repeated', collect, [])
    .option('--json', 'print them as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (proofs: string[], options: SuggestOptions) => {
      await suggest(proofs, options);
      done(EXIT.pass);
    });
}

async function suggest(paths: readonly string[], { rules, json }: SuggestOptions): Promise<void> {
  const { sayNothing, suggestionYaml } = await import('../../config/suggestion-yaml.ts');
  const { suggestionsFor } = await import('../../core/rules/suggest.ts');
  const { readProof } = await import('../../session/proofs/stored-proof.ts');
  const { packsOfProof } = await import('../packs-of-proof.ts');
  const proofs = paths.map(readProof);
  const packs = packsOfProof(namesOfBroken(proofs), rules);
  const suggestions = suggestionsFor(proofs, packs);
  const sources = new Map(packs.map((pack) => [pack.pack, sourceOf(pack)]));
  if (json === true) process.stdout.write(renderJson(suggestions));
  else if (suggestions.except.length > 0) process.stdout.write(suggestionYaml(suggestions, sources));
  else process.stderr.write(sayNothing(suggestions));
}

/** The packs that are to be extended, each once, as the first proof that was judged by it names it. */
function namesOfBroken(proofs: readonly Proof[]): string[] {
  const names = new Map<string, string>();
  for (const { rules, rulePacks = [] } of proofs) {
    for (const { pack, severity, findings } of rules) {
      if (severity !== 'error' || findings.length === 0 || names.has(pack)) continue;
      names.set(pack, packNameOf(pack, rulePacks.find((one) => one.pack === pack)?.params));
    }
  }
  return [...names.values()];
}

/** What a pack is extended by: the name of one that ships, the path of somebody's own, and the values of its parameters. */
const sourceOf = ({ pack, file, path, given }: RulePack): string =>
  packNameOf(dirname(path) === resolve(PACKS_FOLDER) ? pack : file, given);
