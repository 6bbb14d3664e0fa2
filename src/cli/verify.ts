import { openSync, closeSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { IdleproofError } from '../errors.ts';
import type { EvidenceProblem, Verification } from '../evidence/verification.ts';
import type { VerifiedProof } from '../session/verify-proof.ts';
import { EXIT } from './exit-codes.ts';
import { PACKS_FOLDER } from './packs-folder.ts';

const EXAMPLES = `
Examples:
  idleproof verify reports/2026-11-20_1400_app/proof.json    its evidence, and the verdicts that it gives again
  idleproof verify evidence.db                               every row against the hash chain
  idleproof verify proof.json --evidence /var/lib/idleproof/evidence.db

What was cut off at the end of an evidence file shows only against a proof, or a head from a log.
Exit codes: 0 all holds, 1 something does not, 2 a proof could not be judged again, 3 usage, 4 idleproof itself failed.`;

interface VerifyOptions {
  evidence?: string;
  head?: string;
  json?: boolean;
}

/** What came of one file. */
type Verified = { path: string } & (
  | { kind: 'evidence'; evidence: Verification; problems: EvidenceProblem[] }
  | ({ kind: 'proof' } & VerifiedProof)
);

/** `idleproof verify`: whether evidence is as it was written, and whether a proof follows from it. */
export function verifyCommand(done: (exitCode: number) => void): Command {
  return new Command('verify')
    .description('Check evidence against its hash chain, and proofs against their evidence.')
    .argument('<file...>', 'proof.json or evidence.db')
    .option('--evidence <file>', 'the evidence of the proofs (default: evidence.db beside each)')
    .option('--head <sha256>', 'a head that the chain must have had, from a log')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: VerifyOptions) => done(await verify(files, options)));
}

async function verify(files: readonly string[], options: VerifyOptions): Promise<number> {
  const { verifyEvidence } = await import('../evidence/verify.ts');
  const { readProof, verifyProof } = await import('../session/verify-proof.ts');
  const { loadRulePacks } = await import('../config/rule-packs.ts');
  const loadPacks = (names: readonly string[]): ReturnType<typeof loadRulePacks> =>
    loadRulePacks(names, { packsFolder: PACKS_FOLDER });
  const verified = files.map((path): Verified => {
    if (!isJson(path)) {
      const evidence = verifyEvidence(path, options.head === undefined ? [] : [options.head]);
      const problems = evidence.missingHeads.map((head) => ({
        where: 'the chain',
        problem: `it never had the head ${head}: it was cut off, or is another`,
      }));
      return { path, kind: 'evidence', evidence, problems };
    }
    const evidencePath = options.evidence ?? join(dirname(path), 'evidence.db');
    return { path, kind: 'proof', ...verifyProof(readProof(path), { evidencePath, loadPacks }) };
  });
  process.stdout.write(
    options.json === true ? `${JSON.stringify(verified, null, 2)}\n` : verified.map(describe).join('\n'),
  );
  return exitCodeOf(verified);
}

function exitCodeOf(verified: readonly Verified[]): number {
  if (verified.some(({ evidence, problems }) => evidence.problemCount + problems.length > 0))
    return EXIT.fail;
  return verified.some((one) => one.kind === 'proof' && !one.judged.again) ? EXIT.inconclusive : EXIT.pass;
}

/** A proof is JSON; a database begins with its own name. */
function isJson(path: string): boolean {
  const first = Buffer.alloc(1);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, first);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new IdleproofError('VERIFY_UNREADABLE', { path, problem: (error as Error).message }, error);
  }
  return first.toString() === '{';
}

function describe(verified: Verified): string {
  const { path, evidence, problems } = verified;
  const isWhole = evidence.problemCount + problems.length === 0;
  const isUnsure = isWhole && verified.kind === 'proof' && !verified.judged.again;
  const lines = [
    `${isWhole ? (isUnsure ? 'not judged again' : 'holds') : 'DOES NOT HOLD'}: ${path}`,
    ...[...evidence.problems, ...problems].map(({ where, problem }) => `  ${where}: ${problem}`),
    ...(evidence.problemCount > evidence.problems.length
      ? [`  and ${evidence.problemCount - evidence.problems.length} more`]
      : []),
    `  ${evidence.rows} rows in ${evidence.batches} batches, head ${evidence.chainHead}`,
    ...describeSegments(evidence),
    ...(verified.kind === 'proof' ? [`  ${describeJudging(verified)}`] : []),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function describeSegments({ segments }: Verification): string[] {
  const count = (state: string): number => segments.filter((segment) => segment.state === state).length;
  const gone = [
    ...(count('dropped') > 0 ? [`${count('dropped')} dropped`] : []),
    ...(count('thinned') > 0 ? [`${count('thinned')} thinned`] : []),
  ];
  return [
    ...(segments.length > 1
      ? [`  ${segments.length} segments${gone.length > 0 ? `, ${gone.join(', ')}` : ''}`]
      : []),
    ...(count('open') > 0
      ? ['  its end is open: what was cut off there shows only against a proof or --head']
      : []),
  ];
}

const describeJudging = ({ judged }: VerifiedProof): string =>
  judged.again ? 'judged again by the same rules' : `not judged again: ${judged.reason}`;
