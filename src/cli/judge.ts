import { Command } from 'commander';
import { parseDurationMs } from '../core/parse/duration.ts';
import { durationText, sayNoUnitText } from '../core/parse/unit-text.ts';
import { refuser } from '../errors/refuse.ts';
import { renderJson } from '../render/json.ts';
import { renderText } from '../render/text.ts';
import { exitCodeOf } from './exit-codes.ts';
import { PROOF_FORMATS } from '../model/proof-format.ts';
import { formatsIn } from './format-option.ts';
import { collect } from './selector-options.ts';
import { KEY_OPTION, signerFor } from './signing-key.ts';

const EXAMPLES = `
Examples:
  idleproof judge reports/2026-11-20_1400_app/evidence.db --rules ./ours.yaml
  idleproof judge evidence.db --rules no-polling --json | jq '.findings[].text'
  idleproof judge /var/lib/idleproof/evidence.db --rules ./ours.yaml --window after-chat
  idleproof judge evidence.db --rules ./ours.yaml --window after-chat@2026-11-20T14:00:00.000Z --out .

It needs neither the app nor the host. Of several windows with the id that --window names, the last one is judged. The same
evidence, rules and version give the same bytes.
Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 usage or configuration, 4 idleproof itself failed.`;

interface RawJudgeOptions {
  rules: string[];
  window?: string;
  strict?: boolean;
  acceptSampled?: string;
  out?: string;
  format: string;
  key?: string;
  json?: boolean;
}

/** `idleproof judge`: stored evidence, by other rules. */
export function judgeCommand(done: (exitCode: number) => void): Command {
  return new Command('judge')
    .description('Judge stored evidence again, by these rules, without the app.')
    .argument('<evidence>', 'evidence.db of a check or of a daemon')
    .option(
      '--rules <pack>',
      'a shipped pack or a file, may be repeated (default: the default packs)',
      collect,
      [],
    )
    .option('--window <id>', 'which window of a daemon')
    .option('--strict', 'warnings in the headline make the verdict inconclusive (not rules of severity warn)')
    .option('--accept-sampled <duration>', 'accept that what lives shorter than this may be missed')
    .optionsGroup('Output:')
    .option('--out <dir>', 'write the proof into a run folder there, too')
    .option('--format <list>', `files to write: ${PROOF_FORMATS.join(', ')}`, 'json,md')
    .option(...KEY_OPTION)
    .option('--json', 'print the proof as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (evidence: string, options: RawJudgeOptions) => done(await judge(evidence, options)));
}

const refuse = refuser('judge');

async function judge(path: string, options: RawJudgeOptions): Promise<number> {
  const { judgeEvidence } = await import('../session/judge-evidence.ts');
  const { packsFor } = await import('./judging-packs.ts');
  const formats = formatsIn(options.format, PROOF_FORMATS, refuse);
  // Before anything is judged or made: a key that is missing leaves no empty folder behind.
  const signer = options.out === undefined ? null : signerFor(formats, options.key, process.env, refuse);
  const material = judgeEvidence({
    path,
    window: options.window ?? null,
    packsFor: (targets) =>
      packsFor(
        options.rules,
        targets,
        targets.some(({ selector }) => selector.by === 'command'),
      ),
    options: { strict: options.strict === true, acceptSampledMs: acceptedMs(options.acceptSampled) },
  });
  const { proof } = material;
  const files: string[] = [];
  if (options.out !== undefined) {
    const { makeRunFolder } = await import('../session/proofs/run-folder.ts');
    const { writeProof } = await import('../session/proofs/proof-files.ts');
    const names = proof.targets.map(({ name }) => name);
    const folder = makeRunFolder(options.out, new Date(proof.window.opened.utc), names);
    files.push(...writeProof(folder, { material, evidencePath: path, formats, signer }));
  }
  const sheet = (): string =>
    `${renderText(proof, process.stdout.isTTY)}\n${files.map((file) => `${file}\n`).join('')}`;
  process.stdout.write(options.json === true ? renderJson(proof) : sheet());
  return exitCodeOf(proof.verdict, false);
}

function acceptedMs(text: string | undefined): number | null {
  const ms = text === undefined ? null : parseDurationMs(text);
  if (text === undefined || ms !== null) return ms;
  return refuse('--accept-sampled', sayNoUnitText(text, durationText('a duration such as 500ms or 1s')));
}
