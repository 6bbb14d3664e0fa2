import { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import type { Rule, RulePack } from '../../core/rules/pack.ts';
import { IdleproofError } from '../../errors.ts';
import { refuser } from '../../errors/refuse.ts';
import { type SelectorOptions, targetsOf } from '../target-options.ts';
import { COLLECTORS_OPTION, collectorsOf, DEFAULT_TICK_MS } from '../timing-options.ts';
import { EXIT } from '../exit-codes.ts';
import { PACKS_FOLDER } from '../packs-folder.ts';
import { collect, withSelectors } from '../selector-options.ts';
import { toolVersion } from '../version.ts';
import { renderJson } from '../../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof rules explain idle-cpu
  idleproof rules explain no-background-agents/network-activity --port 8000
  idleproof rules explain no-calls --rules ./ours.yaml --json | jq '.[].evidence'

Without a selector it tells what can be seen of idleproof itself here.
Exit codes: 0 told, 3 usage, or no such rule, 4 idleproof itself failed.`;

interface ExplainOptions extends SelectorOptions {
  rules: string[];
  config?: string;
  collectors: string;
  json?: boolean;
}

/** `idleproof rules explain`: what a rule claims, why, and what it rests on here. */
export function explainCommand(done: (exitCode: number) => void): Command {
  const command = new Command('explain')
    .description('tell in words what a rule claims, why, and what it can see here')
    .usage('<id> [selector] [options]')
    .argument('<id>', 'a rule, or pack/rule');
  return withSelectors(command)
    .option('--config <file>', 'targets and rules from an idleproof.yaml; commands are not started')
    .optionsGroup('Evidence and rules:')
    .option(
      '--rules <pack>',
      'where to look for it, may be repeated (default: all packs that ship)',
      collect,
      [],
    )
    .option(...COLLECTORS_OPTION)
    .optionsGroup('Output:')
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: ExplainOptions) => {
      await explain(id, options);
      done(EXIT.pass);
    });
}

/** What a window of that length would exclude is no part of what is told. */
const SOME_WINDOW_MS = 60_000;

const refuse = refuser('rules explain');

interface Found {
  pack: RulePack;
  rule: Rule;
}

async function explain(id: string, options: ExplainOptions): Promise<void> {
  const { loadConfig } = await import('../../config/config.ts');
  const { shippedPackNames } = await import('../../config/pack-name.ts');
  const { loadRulePacks } = await import('../../config/rule-packs.ts');
  const { diagnose } = await import('../../session/doctor/diagnose.ts');
  const { explanationOf } = await import('../../core/rules/explanation.ts');
  const { describeExplanation } = await import('./explain-text.ts');
  const config = options.config === undefined ? null : loadConfig(options.config);
  const asked = [options.rules, config?.rules ?? []].find((names) => names.length > 0);
  const names = asked ?? shippedPackNames(PACKS_FOLDER);
  const packs = names.flatMap((name) => loadRulePacks([name], { packsFolder: PACKS_FOLDER }));
  const found = find(id, packs);
  const targets = [...(config?.targets ?? []), ...targetsOf(options, [], refuse)];
  const { collectors, isExample } = await diagnose({
    targets: targets.filter(({ select }) => select.by !== 'command'),
    durationMs: SOME_WINDOW_MS,
    tickMs: config?.tickMs ?? DEFAULT_TICK_MS,
    collectors: collectorsOf(options, refuse),
    toolVersion: toolVersion(),
  });
  const told = found.map(({ rule, pack }) => explanationOf(rule, pack, collectors));
  process.stdout.write(
    options.json === true
      ? renderJson(told)
      : told.map((one) => describeExplanation(one, isExample)).join('\n'),
  );
}

function find(id: string, packs: readonly RulePack[]): Found[] {
  const all = packs.flatMap((pack) => pack.rules.map((rule) => ({ pack, rule })));
  const found = all.filter(({ pack, rule }) => rule.id === id || `${pack.pack}/${rule.id}` === id);
  if (found.length > 0) return found;
  const known = id.includes('/')
    ? all.map(({ pack, rule }) => `${pack.pack}/${rule.id}`)
    : all.map(({ rule }) => rule.id);
  const nearest = closest(id, known);
  throw new IdleproofError('RULE_UNKNOWN', { id, packs: packs.map(({ pack }) => pack).join(', '), nearest });
}
