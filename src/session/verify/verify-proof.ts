import { remembering } from '../../core/derive/once.ts';
import { differences, verdictParts } from '../../core/proof/differences.ts';
import { lookBackMs } from '../../core/rules/look-back.ts';
import type { RulePack } from '../../core/rules/pack.ts';
import { IdleproofError } from '../../errors.ts';
import { CHAIN_START } from '../../evidence/chain.ts';
import { EvidenceReader } from '../../evidence/read.ts';
import type { EvidenceProblem, Verification } from '../../evidence/verification.ts';
import { verifyEvidence } from '../../evidence/verify.ts';
import { sha256OfFile } from '../../os/file-digest.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Proof } from '../../model/proof.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { ProofMaterial } from '../../model/proof-format.ts';
import { type ProofClaim, claimOf } from './proof-claim.ts';
import { readEvidenceFor } from './proof-evidence.ts';
import { packNameOf } from '../../config/pack-name.ts';
import { prove, rulesDigestOf } from '../prove.ts';

/** What was checked of a proof, and what does not hold. */
export interface VerifiedProof {
  claim: ProofClaim;
  evidencePath: string;
  evidence: Verification;
  /** Whether the evidence was judged again; else why it was not. */
  judged:
    | {
        again: true;
        /** Every value of the proof was compared; of another version, or where older evidence was dropped, only its verdicts. */
        whole: boolean;
        /** What the evidence gives. */
        verdict: Verdict;
      }
    | { again: false; reason: string };
  /** Where the proof and its evidence part; empty: nowhere. */
  problems: EvidenceProblem[];
}

export interface ProofCheck {
  evidencePath: string;
  /** The rule packs of these names as they are here; throws where one is not. */
  loadPacks: (names: readonly string[]) => RulePack[];
  /** Of this idleproof. */
  toolVersion: string;
}

/** Segments of which retention has taken something: what lived on from there is not all known. */
const LOST: ReadonlySet<string> = new Set(['dropped', 'thinned']);

/** What came of a proof, and what it was made of; null where its evidence could not be read. */
export interface VerifiedMaterial {
  verified: VerifiedProof;
  material: ProofMaterial | null;
}

/** Holds a proof against its evidence: the chain, the head, and the proof that its evidence gives again. */
export function verifyProof(
  proof: Proof,
  { evidencePath, loadPacks, toolVersion }: ProofCheck,
): VerifiedMaterial {
  const { chainHead, rows } = proof.evidence;
  const claim = claimOf(proof);
  const evidence = verifyEvidence(evidencePath, [chainHead], true);
  const problems: EvidenceProblem[] = [];
  if (evidence.problemCount > 0) {
    // What was changed can hold anything, and no verdict follows from it.
    const judged = { again: false, reason: 'its evidence is not as it was written' } as const;
    return { verified: { claim, evidencePath, evidence, judged, problems }, material: null };
  }
  problems.push(...chainProblems(proof, evidence, evidencePath));
  const reader = new EvidenceReader(evidencePath);
  try {
    const stored = readEvidenceFor(proof, reader, lookBackOf(proof, loadPacks));
    if (stored.isWhole && stored.head.rows !== rows) {
      problems.push({
        where: 'evidence.rows',
        problem: `the proof says ${rows}, and there are ${stored.head.rows}`,
      });
    }
    const isAllThere = evidence.segments.every(({ state }) => !LOST.has(state));
    const remembered = remembering(stored.evidence);
    const { toolVersion: recordedBy } = remembered.run;
    // The evidence tells who recorded it: else a proof could call itself older, and only its verdicts would be compared.
    if (isAllThere && proof.tool.version !== recordedBy) {
      problems.push({
        where: 'tool.version',
        problem: `the proof says ${proof.tool.version}, and its evidence gives ${recordedBy}`,
      });
    }
    const isComparable = isAllThere && recordedBy === toolVersion;
    if (isComparable && stored.isWhole && proof.evidence.fileSha256 === undefined) {
      problems.push({
        where: 'evidence.fileSha256',
        problem: 'it is missing, and every proof of a finished file names it',
      });
    }
    const { judged, parts } = judgeAgain(proof, remembered, loadPacks, isComparable);
    const verified = { claim, evidencePath, evidence, judged, problems: [...problems, ...parts] };
    return { verified, material: { proof, evidence: remembered } };
  } catch (error) {
    if (!(error instanceof IdleproofError)) throw error;
    const judged = { again: false, reason: `${error.message} ${error.hint}` } as const;
    return { verified: { claim, evidencePath, evidence, judged, problems }, material: null };
  } finally {
    reader.close();
  }
}

/** Whether this is the evidence that a proof names: its chain had that head, and of a finished file every byte is the same. */
export function chainProblems(
  proof: Proof,
  { missingHeads }: Verification,
  evidencePath: string,
): EvidenceProblem[] {
  // A proof rests on rows, and so on no chain that has only begun.
  if (missingHeads.length > 0 || proof.evidence.chainHead === CHAIN_START) {
    const problem = 'the chain of the evidence never had this head: it was cut off, or is another';
    return [{ where: 'evidence.chainHead', problem }];
  }
  if (!isOtherFile(proof, evidencePath)) return [];
  const problem =
    'the file was changed since the proof was made, although every row in it is as it was written';
  return [{ where: 'evidence.fileSha256', problem }];
}

/** Of a file that was finished when the proof was made, every byte is known. */
const isOtherFile = ({ evidence: { fileSha256 } }: Proof, path: string): boolean =>
  fileSha256 !== undefined && fileSha256 !== sha256OfFile(path);

/** Older proofs do not name their packs; those without a rule that was judged are then not known. */
const packNamesOf = ({ rules, rulePacks }: Proof): string[] =>
  rulePacks?.map(({ pack, params }) => packNameOf(pack, params)) ?? [
    ...new Set(rules.map(({ pack }) => pack)),
  ];

function lookBackOf(proof: Proof, loadPacks: ProofCheck['loadPacks']): number {
  try {
    return lookBackMs(loadPacks(packNamesOf(proof)));
  } catch {
    return 0;
  }
}

function judgeAgain(
  proof: Proof,
  evidence: Evidence,
  loadPacks: ProofCheck['loadPacks'],
  isComparable: boolean,
): Pick<VerifiedProof, 'judged'> & { parts: EvidenceProblem[] } {
  const packs = loadPacks(packNamesOf(proof));
  if (rulesDigestOf(packs) !== proof.rulesDigest) {
    const reason =
      'the rules as they are here are not those that it was judged by (files of your own, as they were then, are named with --rules)';
    return { judged: { again: false, reason }, parts: [] };
  }
  const accepted = proof.rules.flatMap(({ acceptedSeconds }) => acceptedSeconds ?? []);
  const acceptSampledMs = accepted.length === 0 ? null : Math.max(...accepted) * 1000;
  // Head, rows and file are checked for themselves; the store of a daemon has grown since. What else stands there was never written.
  const { chainHead, rows, fileSha256 } = proof.evidence;
  const head = { chainHead, rows, ...(fileSha256 === undefined ? {} : { fileSha256 }) };
  const judgeBy = (strict: boolean): Proof =>
    prove({ evidence, head }, packs, { strict, acceptSampledMs }).proof;
  const lenient = judgeBy(false);
  // A proof does not say whether warnings counted; they change nothing but the verdict of the window.
  const strict = lenient.verdict === proof.verdict ? lenient : judgeBy(true);
  const isSame = strict.verdict === proof.verdict;
  const again = isSame ? strict : lenient;
  const parts = verdictParts(proof.rules, again.rules);
  if (!isSame) {
    parts.unshift({
      where: 'verdict',
      problem: `the proof says ${proof.verdict}, and its evidence gives ${again.verdict}`,
    });
  }
  if (parts.length === 0 && isComparable) parts.push(...differences(proof, again));
  return { judged: { again: true, whole: isComparable, verdict: again.verdict }, parts };
}
