import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { IdleproofError } from '../errors.ts';
import { refuser } from '../errors/refuse.ts';
import type { Proof } from '../model/proof.ts';
import type { Subject } from '../session/verify/verify-subject.ts';
import { EXIT } from './exit-codes.ts';
import { collect } from './selector-options.ts';
import { describeVerified, standingOf, type Standing, type Verified } from './verify-text.ts';
import { toolVersion } from './version.ts';
import { renderJson } from '../render/json.ts';
import { PROOF_FILE } from '../model/file-names.ts';

const EXAMPLES = `
Examples:
  idleproof verify reports/2026-11-20_1400_app/proof.json    its evidence, and the verdicts that it gives again
  idleproof verify proof.intoto.jsonl --key release.pub      the signature, then the proof and the evidence beside it
  idleproof verify proof.json --subject /usr/bin/app         that it is of this program, and not of another
  idleproof verify evidence.db                               every row against the hash chain
  idleproof verify proof.json --evidence /var/lib/idleproof/evidence.db      of a daemon, by the store of its state folder

It is about the evidence, not about the verdict: a proof that an app failed holds, too (exit code 0). The verdict is in what is printed.
The key is one that you have from somebody you trust, not from whoever sent the attestation.
What was cut off at the end of an evidence file shows only against a proof, or a head from a log.
Exit codes: 0 all holds, 1 something does not, 2 a signature or a proof could not be checked, 3 usage, 4 idleproof itself failed.`;

interface VerifyOptions {
  evidence?: string;
  proof?: string;
  head?: string;
  key?: string;
  subject: string[];
  rules: string[];
  json?: boolean;
}

/** `idleproof verify`: whether evidence is as it was written, and whether a proof and its attestation follow from it. */
export function verifyCommand(done: (exitCode: number) => void): Command {
  return new Command('verify')
    .description(
      'Check evidence against its hash chain, proofs against their evidence, attestations against a key.',
    )
    .argument('<file...>', 'proof.json, proof.intoto.jsonl or evidence.db')
    .option('--key <file>', 'public key, in PEM, that must have signed the attestations')
    .option(
      '--subject <file|sha256>',
      'a program file that must be among those that the targets ran; may be repeated',
      collect,
      [],
    )
    .option('--proof <file>', 'the proof that is attested (default: proof.json beside the attestation)')
    .option(
      '--evidence <file>',
      'the evidence of the proofs (default: evidence.db beside each; needed for those of a daemon)',
    )
    .option(
      '--head <sha256>',
      'a head of the hash chain, noted in a log, that the evidence must still contain',
    )
    .option(
      '--rules <pack>',
      'packs that proofs were judged by, where those do not ship; may be repeated',
      collect,
      [],
    )
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: VerifyOptions) => done(await verify(files, options)));
}

async function verify(files: readonly string[], options: VerifyOptions): Promise<number> {
  const { readPublicKey } = await import('../attest/keys.ts');
  const key = options.key === undefined ? null : readPublicKey(options.key);
  const { readSubject } = await import('../session/verify/verify-subject.ts');
  const subjects = options.subject.map(readSubject);
  const verified: Verified[] = [];
  for (const path of files) verified.push(await verifyFile(path, options, key, subjects));
  process.stdout.write(
    options.json === true
      ? renderJson(verified.map((one) => ({ standing: standingOf(one), ...one })))
      : verified.map(describeVerified).join('\n'),
  );
  return exitCodeOf(verified.map(standingOf));
}

function exitCodeOf(standings: readonly Standing[]): number {
  if (standings.includes('broken')) return EXIT.fail;
  return standings.includes('unchecked') ? EXIT.inconclusive : EXIT.pass;
}

async function verifyFile(
  path: string,
  options: VerifyOptions,
  key: KeyObject | null,
  subjects: readonly Subject[],
): Promise<Verified> {
  const { kindOfFile } = await import('../session/verify/verify-input.ts');
  switch (kindOfFile(path)) {
    case 'evidence':
      refuseSubjects(path, subjects);
      return await verifyEvidenceFile(path, options);
    case 'attestation': {
      const proofPath = options.proof ?? join(dirname(path), PROOF_FILE);
      if (!existsSync(proofPath))
        throw new IdleproofError('VERIFY_PROOF_MISSING', { path, proof: proofPath });
      return await verifyProofFile(path, { proofPath, attestationPath: path }, options, key, subjects);
    }
    default: {
      const beside = join(dirname(path), 'proof.intoto.jsonl');
      const attestationPath = key !== null && existsSync(beside) ? beside : null;
      return await verifyProofFile(path, { proofPath: path, attestationPath }, options, key, subjects);
    }
  }
}

/** What is left out silently would look as if it had been heeded. */
function refuseSubjects(path: string, { length }: readonly Subject[]): void {
  if (length === 0) return;
  const problem = `evidence is of no one program: name the proof of ${path}`;
  refuser('verify')('--subject', problem);
}

async function verifyEvidenceFile(path: string, { head }: VerifyOptions): Promise<Verified> {
  const { verifyEvidence } = await import('../evidence/verify/verify.ts');
  const evidence = verifyEvidence(path, head === undefined ? [] : [head]);
  const problems = evidence.missingHeads.map((missing) => ({
    where: 'the chain',
    problem: `it never had the head ${missing}: it was cut off, or is another`,
  }));
  return { path, kind: 'evidence', evidence, problems };
}

async function verifyProofFile(
  path: string,
  { proofPath, attestationPath }: { proofPath: string; attestationPath: string | null },
  options: VerifyOptions,
  key: KeyObject | null,
  subjects: readonly Subject[],
): Promise<Verified> {
  const { attestationParts, checkSignatures } = await import('../session/verify/verify-attestation.ts');
  const { readAttestation } = await import('../session/verify/verify-input.ts');
  const { readProof, readProofBytes } = await import('../session/proofs/stored-proof.ts');
  const { verifyProof } = await import('../session/verify/verify-proof.ts');
  const { packsOfProof } = await import('./packs-of-proof.ts');
  const { evidencePathOf } = await import('./evidence-path.ts');
  const attested = attestationPath === null ? null : checkSignatures(readAttestation(attestationPath), key);
  let proof: Proof;
  try {
    proof = readProof(proofPath);
  } catch (error) {
    if (attested === null || !(error instanceof IdleproofError)) throw error;
    const { read: _, ...attestation } = attested;
    const damage = { where: PROOF_FILE, problem: `it is not as it was attested: ${error.message}` };
    return {
      path,
      kind: 'attestation',
      attestation: { ...attestation, problems: [...attestation.problems, damage] },
    };
  }
  const { subjectProblems } = await import('../session/verify/verify-subject.ts');
  const { verified: held, material } = verifyProof(proof, {
    evidencePath: evidencePathOf(proof, proofPath, options.evidence),
    loadPacks: (names) => packsOfProof(names, options.rules),
    toolVersion: toolVersion(),
  });
  const verified = { ...held, problems: [...held.problems, ...subjectProblems(proof, subjects)] };
  const isSignatureWanted = key !== null;
  if (attested === null) return { path, kind: 'proof', attestation: null, isSignatureWanted, ...verified };
  const { read, ...attestation } = attested;
  const isSameVersion = proof.tool.version === toolVersion();
  const parts = attestationParts(read, readProofBytes(proofPath), material, isSameVersion);
  return {
    path,
    kind: 'proof',
    attestation: { ...attestation, problems: [...attestation.problems, ...parts] },
    isSignatureWanted,
    ...verified,
  };
}
