import { Command } from 'commander';
import type { RulePack } from '../../core/rules/pack.ts';
import { IdleproofError } from '../../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { PACKS_FOLDER } from '../packs-folder.ts';
import { collect } from '../selector-options.ts';
import { renderJson } from '../../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof rules suggest reports/2026-11-20_1400_app/proof.json > ours.yaml
  idleproof rules suggest reports/*/proof.json --rules ./base.yaml > ours.yaml
  idleproof rules lint ours.yaml                   until every reason is filled in

It writes a pack that extends those whose rules were broken. Nothing is excused by itself: what has no reason is refused.
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
  const { loadRulePacks } = await import('../../config/rule-packs.ts');
  const { sayNothing, suggestionYaml } = await import('../../config/suggestion-yaml.ts');
  const { suggestionsFor } = await import('../../core/rules/suggest.ts');
  const { readProof } = await import('../../session/proofs/stored-proof.ts');
  const load = (name: string): RulePack[] => loadRulePacks([name], { packsFolder: PACKS_FOLDER });
  const proofs = paths.map(readProof);
  const given = rules.flatMap((name) => load(name).map((pack) => ({ name, pack })));
  const names = new Set(proofs.flatMap((proof) => proof.rules.map(({ pack }) => pack)));
  const shipped = [...names]
    .filter((name) => !given.some(({ pack }) => pack.pack === name))
    .flatMap((name) => tryLoad(name, load).map((pack) => ({ name, pack })));
  const known = [...given, ...shipped];
  const suggestions = suggestionsFor(
    proofs,
    known.map(({ pack }) => pack),
  );
  const sources = new Map(known.map(({ name, pack }) => [pack.pack, name]));
  if (json === true) process.stdout.write(renderJson(suggestions));
  else if (suggestions.except.length > 0) process.stdout.write(suggestionYaml(suggestions, sources));
  else process.stderr.write(sayNothing(suggestions));
}

/** A pack of somebody's own whose file was not named: its findings are told apart by their fields alone. */
function tryLoad(name: string, load: (name: string) => RulePack[]): RulePack[] {
  try {
    return load(name);
  } catch (error) {
    if (error instanceof IdleproofError && error.code === 'RULE_PACK_NOT_FOUND') return [];
    throw error;
  }
}
