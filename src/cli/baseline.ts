import { Command } from 'commander';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { counted } from '../core/wording/amounts.ts';
import type { Baseline } from '../core/measure/baseline/pinned.ts';
import { compareCommand } from './baseline-compare.ts';
import { EXIT } from './exit-codes.ts';
import { type StateOptions, stateSubcommand } from './state-subcommand.ts';
import { renderJson } from '../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof baseline pin reports/2026-11-20_0700_after-chat --name release-1.2
  idleproof baseline set reports/2026-11-20_0710_backend reports/2026-11-20_0715_backend --name v1.2
  idleproof baseline compare v1.2 reports/2026-11-21_0710_backend --allow 5% --format md
  idleproof baseline list
  idleproof baseline show release-1.2 --json | jq '.windows[].metrics'
  idleproof baseline unpin release-1.2

A daemon compares each window with the pinned windows of the same id, and with those of checks (\`baseline: { compareWith: pinned }\` in its
configuration; \`trailing\`: the windows before; \`both\` where nothing is said). What they found is known, and no regression.
\`compare\` holds measurements (\`idleproof measure\`) against those that were pinned.
Exit codes: 0 done, 3 usage, or no such baseline or proof, 4 the state folder cannot be used.`;

/** `idleproof baseline`: what later windows are compared with. */
export function baselineCommand(done: (exitCode: number) => void): Command {
  const baseline = new Command('baseline')
    .description('Pin proofs and measurements as what later ones are compared with.')
    .addHelpText('afterAll', EXAMPLES);
  const act = <T>(work: (given: T, options: StateOptions & { name: string }) => Promise<void>) => {
    return async (given: T, options: StateOptions & { name: string }): Promise<void> => {
      await work(given, options);
      done(EXIT.pass);
    };
  };
  const pinCommand = stateSubcommand(
    'pin',
    'pin the windows of these proofs, or these measurements, under a name',
  )
    .alias('set')
    .argument('<path...>', 'proof.json or results.json, or the folder that one lies in')
    .requiredOption('--name <name>', 'name of the baseline')
    .action(act(pin));
  const showCommand = stateSubcommand('show', 'what one is made of')
    .argument('<name>', 'name of the baseline')
    .action(act(show));
  const unpinCommand = stateSubcommand('unpin', 'forget one')
    .argument('<name>', 'name of the baseline')
    .action(act(unpin));
  const listCommand = stateSubcommand('list', 'the baselines of a daemon').action(
    async (options: StateOptions) => {
      await list(options);
      done(EXIT.pass);
    },
  );
  for (const command of [pinCommand, compareCommand(done), listCommand, showCommand, unpinCommand])
    baseline.addCommand(command);
  return baseline;
}

async function pin(paths: string[], options: StateOptions & { name: string }): Promise<void> {
  const { pinBaseline } = await import('../daemon/proofs/pin-baseline.ts');
  const { name } = options;
  tell(pinBaseline(await folderOf(options), name, paths, Date.now()), options);
}

async function show(name: string, options: StateOptions): Promise<void> {
  const { findBaseline } = await import('../daemon/proofs/baselines.ts');
  tell(findBaseline(await folderOf(options), name), options);
}

async function unpin(name: string, options: StateOptions): Promise<void> {
  const { unpinBaseline } = await import('../daemon/proofs/baselines.ts');
  unpinBaseline(await folderOf(options), name);
  process.stdout.write(options.json === true ? renderJson({ unpinned: name }) : `${name}: forgotten\n`);
}

async function list(options: StateOptions): Promise<void> {
  const { readBaselines } = await import('../daemon/proofs/baselines.ts');
  const { baselines, broken } = readBaselines(await folderOf(options));
  for (const path of broken) process.stderr.write(`${escapeControls(path)} cannot be read\n`);
  if (options.json === true) process.stdout.write(renderJson(baselines));
  else if (baselines.length === 0) process.stdout.write('No baselines.\n');
  else process.stdout.write(baselines.map((one) => `${lineOf(one)}\n`).join(''));
}

async function folderOf({ state }: StateOptions): Promise<string> {
  const { findStateFolder } = await import('./find-daemon.ts');
  return findStateFolder(state);
}

/** One baseline, with a line for each of its windows. */
function tell(baseline: Baseline, { json }: StateOptions): void {
  if (json === true) {
    process.stdout.write(renderJson(baseline));
    return;
  }
  const measured = (baseline.measured ?? []).map(({ path, run: { kind, target, timestamp } }) => {
    const line = `${kind} ${target} ${timestamp} ${path}`;
    return `  ${escapeControls(line)}\n`;
  });
  const windows = baseline.windows.map(({ windowId, fromMs, verdict }, index) => {
    const path = escapeControls(baseline.proofs[index]?.path ?? '');
    return `  ${windowId} ${new Date(fromMs).toISOString()} ${verdict} ${path}\n`;
  });
  process.stdout.write(`${lineOf(baseline)}\n${windows.join('')}${measured.join('')}`);
}

function lineOf({ name, pinnedAtMs, windows, measured = [] }: Baseline): string {
  const parts = [
    ...(windows.length > 0 || measured.length === 0 ? [counted(windows.length, 'window')] : []),
    ...(measured.length > 0 ? [counted(measured.length, 'measurement')] : []),
  ];
  return `${name}: ${parts.join(', ')}, pinned ${new Date(pinnedAtMs).toISOString()}`;
}
