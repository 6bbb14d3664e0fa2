import { escapeControls } from '../core/parse/escape-controls.ts';
import { bounded } from '../render/bounded.ts';
import type { EvidenceProblem, Verification } from '../evidence/verification.ts';
import type { VerifiedAttestation } from '../session/verify/verify-attestation.ts';
import type { ProofClaim } from '../session/verify/proof-claim.ts';
import type { VerifiedProof } from '../session/verify/verify-proof.ts';

/** What came of one file. */
export type Verified = { path: string } & (
  | { kind: 'evidence'; evidence: Verification; problems: EvidenceProblem[] }
  /** Its proof is so damaged that nothing else could be checked. */
  | { kind: 'attestation'; attestation: VerifiedAttestation }
  | ({ kind: 'proof'; attestation: VerifiedAttestation | null; isSignatureWanted: boolean } & VerifiedProof)
);

/** `holds`, unless something does not, or could not be checked. */
export type Standing = 'holds' | 'broken' | 'unchecked';

/** What came of it as a whole: broken by whatever does not hold; unchecked where something that could break it was not looked at. */
export function standingOf(verified: Verified): Standing {
  if (verified.kind === 'attestation') return 'broken';
  const { evidence, problems } = verified;
  const attested = verified.kind === 'proof' ? (verified.attestation?.problems.length ?? 0) : 0;
  if (evidence.problemCount + problems.length + attested > 0) return 'broken';
  return verified.kind === 'proof' && (!verified.judged.again || !isSignatureSettled(verified))
    ? 'unchecked'
    : 'holds';
}

const isSignatureSettled = ({
  attestation,
  isSignatureWanted,
}: Extract<Verified, { kind: 'proof' }>): boolean =>
  attestation === null ? !isSignatureWanted : attestation.isSignatureChecked;

/** One file for a terminal. */
export function describeVerified(verified: Verified): string {
  return `${linesOf(verified).map(escapeControls).join('\n')}\n`;
}

function linesOf(verified: Verified): string[] {
  const { path } = verified;
  const head = `${HEADS[standingOf(verified)]}: ${path}`;
  if (verified.kind === 'attestation') {
    const { attestation } = verified;
    return [head, ...attestation.problems.map(say), ...describeSignature(attestation)];
  }
  const { evidence, problems } = verified;
  const attestation = verified.kind === 'proof' ? verified.attestation : null;
  return [
    head,
    ...(verified.kind === 'proof' ? describeClaim(verified) : []),
    ...[...(attestation?.problems ?? []), ...evidence.problems, ...problems].map(say),
    ...(evidence.problemCount > evidence.problems.length
      ? [`  and ${evidence.problemCount - evidence.problems.length} more`]
      : []),
    ...(verified.kind === 'proof' ? describeAttestation(verified) : []),
    `  ${evidence.rows} rows in ${evidence.batches} batches, head ${evidence.chainHead}`,
    ...describeSegments(evidence),
    ...(verified.kind === 'proof' ? [`  ${describeJudging(verified)}`] : []),
  ];
}

const MAX_PROGRAMS = 5;

/** Which run it is that holds: what is asked for may be another. */
function describeClaim(verified: Extract<Verified, { kind: 'proof' }>): string[] {
  const { headline, openedAt, host, programs }: ProofClaim = verified.claim;
  const more = programs.length - MAX_PROGRAMS;
  return [
    `  ${sayStanding(verified)}: ${headline}`,
    `  of ${openedAt} on ${host}`,
    ...programs.slice(0, MAX_PROGRAMS).map((program) => `  of ${program}`),
    ...(more > 0 ? [`  and of ${more} more programs`] : []),
  ].map((line) => bounded(line, LONGEST_CLAIM));
}

/** What anybody can write into a file is told as such. */
function sayStanding(verified: Extract<Verified, { kind: 'proof' }>): string {
  if (standingOf(verified) === 'broken') return 'it claims, and that does not hold';
  return verified.judged.again ? 'it says' : 'it claims, and nobody can tell here';
}

const LONGEST_CLAIM = 1_000;

const say = ({ where, problem }: EvidenceProblem): string => `  ${where}: ${problem}`;

const HEADS: Readonly<Record<Standing, string>> = {
  holds: 'holds',
  broken: 'DOES NOT HOLD',
  unchecked: 'not all could be checked',
};

function describeAttestation({
  attestation,
  isSignatureWanted,
}: Extract<Verified, { kind: 'proof' }>): string[] {
  if (attestation !== null) return describeSignature(attestation);
  return isSignatureWanted ? ['  signature: not checked, there is no attestation beside the proof'] : [];
}

function describeSignature({
  signedBy,
  isSignatureChecked,
  statements,
  notes,
}: VerifiedAttestation): string[] {
  const said = signedBy === null ? 'does not hold' : `holds, by the key ${signedBy}`;
  const about = statements.map((type) => type ?? 'unknown').join(', ');
  return [
    `  signature: ${isSignatureChecked ? said : 'not checked; bring the public key with --key'}`,
    `  statements: ${about}`,
    ...notes.map((note) => `  note: ${note}`),
  ];
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

function describeJudging({ judged }: VerifiedProof): string {
  if (!judged.again) return `not judged again: ${judged.reason}`;
  const found = `judged again by the same rules: ${judged.verdict}`;
  return judged.whole
    ? found
    : `${found}; only verdicts were compared, since the proof is of another version, or older evidence was dropped`;
}
