import { Command } from 'commander';
import { DEFAULT_OUT } from './default-out.ts';
import { EXIT } from './exit-codes.ts';
import { PROOF_FORMATS } from '../model/proof-format.ts';
import { SUMMARY_FORMATS } from '../model/proof-summary.ts';
import type { ReportOptions } from './report-options.ts';
import { collect } from './selector-options.ts';
import { KEY_OPTION } from './signing-key.ts';

const OF_MANY: readonly string[] = SUMMARY_FORMATS;
const OF_ONE = PROOF_FORMATS.filter((format) => !OF_MANY.includes(format)).join(', ');

const EXAMPLES = `
Examples:
  idleproof report                              all proofs in ./reports
  idleproof report --since 24h                  the last day
  idleproof report /srv/proofs --since 2026-11-01 --format md,html --out .
  idleproof report --state /var/lib/idleproof   the proofs of the daemon that runs there
  idleproof report reports/2026-11-20_1400_app/proof.json --format trace --out .
  idleproof report --into docs/gates.md         the gate sheet between the markers of a page
  idleproof report --compare before/proof.json after/proof.json
  idleproof report --json | jq '.findings[] | {ruleId, windows, lastAt}'

A page for --into has the lines <!-- idleproof:begin --> and <!-- idleproof:end -->; what is outside of them stays as it is.
Exit codes: 0 written, 3 usage, or no proofs there, 4 idleproof itself failed.`;

/** `idleproof report`: many proofs as one summary. */
export function reportCommand(done: (exitCode: number) => void): Command {
  return new Command('report')
    .description('Summarize many proofs, show one in any format, compare two, or keep a page of gates.')
    .argument('[folder]', `where the run folders are (default: ${DEFAULT_OUT}), or one proof.json`)
    .option('--since <when>', 'windows since then: 24h, 7d, 2026-11-01 or 2026-11-01T08:00')
    .option('--window <id>', 'only this window')
    .option('--compare <proof...>', 'two proofs: what became worse, better, new, gone')
    .option(
      '--evidence <file>',
      'evidence of the proof, for html, trace and intoto (default: evidence.db beside it; needed for one of a daemon)',
    )
    .option('--state <dir>', 'the proofs of the daemon whose state folder this is')
    .option(
      '--rules <pack>',
      'packs that the proof was judged by, for intoto, where those do not ship; may be repeated',
      collect,
      [],
    )
    .optionsGroup('Output:')
    .option(
      '--format <list>',
      `${OF_MANY.join(', ')} (default: md); of one proof also ${OF_ONE}; of --compare text (its default)`,
    )
    .option('--out <dir>', 'write files there instead of printing')
    .option('--into <file>', 'write the gate sheet between the markers of an existing Markdown file')
    .option(...KEY_OPTION)
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string | undefined, options: ReportOptions) => {
      const { writeReport } = await import('./report-run.ts');
      await writeReport(folder, options);
      done(EXIT.pass);
    });
}
