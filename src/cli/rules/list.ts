import { Command } from 'commander';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { RulePack } from '../../core/rules/pack.ts';
import { textTable } from '../../render/text-table.ts';
import { DEFAULT_PACKS } from '../default-packs.ts';
import { EXIT } from '../exit-codes.ts';
import { PACKS_FOLDER } from '../packs-folder.ts';
import { renderJson } from '../../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof rules list                         the packs that ship, and their rules
  idleproof rules list idle-budget ./ours.yaml
  idleproof rules list --json | jq -r '.[].rules[].id'

Exit codes: 0 listed, 3 usage, or a pack with a mistake, 4 idleproof itself failed.`;

interface ListOptions {
  json?: boolean;
}

/** `idleproof rules list`: packs and what is in them. */
export function listCommand(done: (exitCode: number) => void): Command {
  return new Command('list')
    .description('list packs and their rules')
    .argument('[pack|file...]', 'names of packs, or files (default: the packs that ship)')
    .option('--json', 'print them as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], options: ListOptions) => {
      await list(names, options);
      done(EXIT.pass);
    });
}

async function list(names: readonly string[], { json }: ListOptions): Promise<void> {
  const { shippedPackNames } = await import('../../config/pack-name.ts');
  const { loadRulePacks } = await import('../../config/rule-packs.ts');
  const options = { packsFolder: PACKS_FOLDER };
  // Each by itself: packs that cannot be used together can be listed together.
  const asked = names.length > 0 ? names : shippedPackNames(PACKS_FOLDER);
  const packs = asked.flatMap((name) => loadRulePacks([name], options));
  process.stdout.write(
    json === true
      ? renderJson(packs.map((pack) => summaryOf(pack)))
      : packs.map((pack) => describe(pack)).join('\n'),
  );
}

/** One that ships, not a file of its name. */
const isDefault = ({ pack, file }: RulePack): boolean =>
  DEFAULT_PACKS.includes(pack) && file === `${pack}.yaml`;

function summaryOf(pack: RulePack): Record<string, unknown> {
  const { pack: name, file, about = null, params = {}, sha256, rules } = pack;
  return {
    pack: name,
    file,
    default: isDefault(pack),
    about,
    params,
    sha256,
    rules: rules.map(({ id, title = id, kind, severity, target = null, window }) => ({
      id,
      title,
      kind,
      severity,
      target,
      window,
    })),
  };
}

function describe(pack: RulePack): string {
  const params = Object.entries(pack.params ?? {}).map(([name, value]) => `${name}=${value}`);
  const notes = [...(isDefault(pack) ? ['default'] : []), ...params];
  const rows = pack.rules.map(({ id, kind, severity, target = 'each target', title = '' }) => [
    id,
    kind,
    severity,
    target,
    title,
  ]);
  const lines = [
    `${pack.pack}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
    ...(pack.about === undefined ? [] : [`  ${pack.about}`]),
    ...textTable(rows.map((row) => row.map(escapeControls))).map((line) => `    ${line}`),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}
