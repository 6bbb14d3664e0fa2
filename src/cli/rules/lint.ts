import { Command } from 'commander';
import type { Linted, LintProblem } from '../../config/lint.ts';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import { EXIT } from '../exit-codes.ts';
import { PACKS_FOLDER } from '../packs-folder.ts';
import { renderJson } from '../../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof rules lint                              the packs that ship
  idleproof rules lint ./rules/*.yaml               packs and files of examples
  idleproof rules lint idleproof.yaml               a configuration, and the packs that it names
  idleproof rules lint ./ours.yaml --json | jq '.[].problems[]'

Every mistake of every file is told at once, as file:line:column: message.
Exit codes: 0 no mistakes, 1 some, 3 usage, 4 idleproof itself failed.`;

interface LintOptions {
  json?: boolean;
}

/** `idleproof rules lint`: every mistake in rule files. */
export function lintCommand(done: (exitCode: number) => void): Command {
  return new Command('lint')
    .description('find every mistake in packs, configurations and examples')
    .argument('[pack|file...]', 'names of packs, or files (default: the packs that ship)')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], options: LintOptions) => done(await lint(names, options)));
}

async function lint(names: readonly string[], { json }: LintOptions): Promise<number> {
  const { lintFiles } = await import('../../config/lint.ts');
  const { shippedPackNames } = await import('../../config/pack-name.ts');
  const linted = lintFiles(names.length > 0 ? names : shippedPackNames(PACKS_FOLDER), {
    packsFolder: PACKS_FOLDER,
  });
  process.stdout.write(json === true ? renderJson(linted) : describe(linted));
  return linted.some(({ problems }) => problems.length > 0) ? EXIT.fail : EXIT.pass;
}

function describe(linted: readonly Linted[]): string {
  // Two configurations can name the same pack.
  const problems = [...new Set(linted.flatMap((one) => one.problems.map(lineOf)))];
  const files = linted.length === 1 ? '1 file' : `${linted.length} files`;
  const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`;
  const end = problems.length === 0 ? `no mistakes in ${files}` : `${count} in ${files}`;
  return `${[...problems, end].map(escapeControls).join('\n')}\n`;
}

const lineOf = ({ file, line, column, message }: LintProblem): string =>
  line === null ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;
