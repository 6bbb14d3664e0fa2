import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import type { ReportOptions } from './report-options.ts';

const EXAMPLES = `
Examples:
  idleproof report                              all proofs in ./reports
  idleproof report --since 24h                  the last day
  idleproof report /srv/proofs --since 2026-11-01 --format md,json --out .
  idleproof report --state /var/lib/idleproof   the proofs of the daemon that runs there
  idleproof report --json | jq '.findings[] | {ruleId, windows, lastAt}'

Exit codes: 0 written, 3 usage, or no proofs there, 4 idleproof itself failed.`;

/** `idleproof report`: many proofs as one summary. */
export function reportCommand(done: (exitCode: number) => void): Command {
  return new Command('report')
    .description('Summarize the proofs of a soak: per day, per window, findings, trends.')
    .argument('[folder]', 'where the run folders are (default: reports)')
    .option('--since <when>', 'windows since then: 24h, 7d, 2026-11-01 or 2026-11-01T08:00')
    .option('--window <id>', 'only this window')
    .option('--state <dir>', 'the proofs of the daemon whose state folder this is')
    .optionsGroup('Output:')
    .option('--format <list>', 'md, json (default: md)')
    .option('--out <dir>', 'write summary.<format> there instead of printing it')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string | undefined, options: ReportOptions) => {
      const { writeReport } = await import('./report-run.ts');
      await writeReport(folder, options);
      done(EXIT.pass);
    });
}
