import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Refuse, refuser } from '../../errors/refuse.ts';
import type { FileGroup } from '../../session/measure/size.ts';
import { type CommonOptions, measureCommand, planMeasure, withCommon } from './options.ts';

const refuse: Refuse = refuser('measure size');

const EXAMPLES = `
Examples:
  idleproof measure size 'dist/**/*.js' --expect 'gzip < 300kB'
  idleproof measure size js='dist/**/*.js' css='dist/**/*.css' --expect 'raw < 1MB'
  idleproof measure size dist --cwd ./frontend --as frontend --json | jq '.facts.groups[].files'

Each pattern is one measurement, with its name before the = as id; a folder stands for all files in it. Compressed is each file by itself, by gzip at
level 9. A pattern that matches nothing is an error, never a size of 0. In quotes, so that the shell leaves patterns alone.
Exit codes: 0 measured, 1 an --expect not met, 3 usage, or no such files, 4 idleproof itself failed, 130 interrupted.`;

interface SizeOptions extends CommonOptions {
  cwd: string;
}

/** `idleproof measure size`: how large files are, raw and compressed. */
export function sizeCommand(argv: readonly string[], done: (exitCode: number) => void): Command {
  const command = measureCommand('size', 'Measure how large files are, raw and compressed.')
    .argument('<pattern...>', "as 'dist/**/*.js', or with a name: js='dist/**/*.js'")
    .option('--cwd <dir>', 'the folder that patterns start from', '.');
  return withCommon(command)
    .addHelpText('after', EXAMPLES)
    .action(async (patterns: string[], options: SizeOptions) => done(await size(argv, patterns, options)));
}

async function size(
  argv: readonly string[],
  patterns: readonly string[],
  options: SizeOptions,
): Promise<number> {
  const folder = resolve(options.cwd);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    refuse('--cwd', `there is no folder ${folder}`);
  const selector = { by: 'command' as const, argv: ['idleproof', 'measure', 'size'] };
  const plan = await planMeasure(argv, options, {
    kind: 'size',
    main: 'size.gzip',
    target: 'files',
    selector,
  });
  const groups = patterns.map((text): FileGroup => {
    const [, name, pattern = ''] = /^(?:([\w.-]+)=)?(.+)$/s.exec(text) ?? [];
    const isSeveral = patterns.length > 1;
    return { id: name ?? (isSeveral ? pattern : plan.id), pattern };
  });
  const twice = groups.find(({ id }, index) => groups.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) refuse('<pattern>', `the name ${twice.id} is used twice`);
  const { probeSize } = await import('../../session/measure/size.ts');
  const { runMeasure } = await import('./run-measure.ts');
  return runMeasure(plan, probeSize({ folder, groups }), options);
}
