import { remembering } from '../core/derive/once.ts';
import { differences, verdictParts } from '../core/proof/differences.ts';
import { lookBackMs } from '../core/rules/look-back.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { IdleproofError } from '../errors.ts';
import { EvidenceReader, type StoredEvidence } from '../evidence/read.ts';
import type { EvidenceProblem, Verification } from '../evidence/verification.ts';
import { verifyEvidence } from '../evidence/verify.ts';
import { sha256OfFile } from '../os/file-digest.ts';
import type { Proof } from '../model/proof.ts';
import type { Verdict } from '../model/verdict.ts';
import type { ProofMaterial } from '../model/proof-format.ts';
import { readEvidenceFor } from './proof-evidence.ts';
import { prove, rulesDigestOf } from './prove.ts';

/** What was checked of a proof, and what does not hold. */
export interface VerifiedProof {
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
  const evidence = verifyEvidence(evidencePath, [chainHead]);
  const problems: EvidenceProblem[] = [];
  if (evidence.problemCount > 0) {
    // What was changed can hold anything, and no verdict follows from it.
    const judged = { again: false, reason: 'its evidence is not as it was written' } as const;
    return { verified: { evidencePath, evidence, judged, problems }, material: null };
  }
  if (evidence.missingHeads.length > 0) {
    problems.push({
      where: 'evidence.chainHead',
      problem: 'the chain of the evidence never had this head: it was cut off, or is another',
    });
  }
  if (evidence.missingHeads.length === 0 && isOtherFile(proof, evidencePath)) {
    problems.push({
      where: 'evidence.fileSha256',
      problem: 'the file was changed since the proof was made, although every row in it is as it was written',
    });
  }
  const reader = new EvidenceReader(evidencePath);
  try {
    const stored = readEvidenceFor(proof, reader, lookBackOf(proof, loadPacks));
    if (stored.isWhole && stored.head.rows !== rows) {
      problems.push({
        where: 'evidence.rows',
        problem: `the proof says ${rows}, and there are ${stored.head.rows}`,
      });
    }
    // The store of a daemon has grown since; of the finished file of a check, a proof says which it was.
    const finished = stored.isWhole ? { fileSha256: sha256OfFile(evidencePath) } : {};
    const head = { ...stored.head, ...finished, ...proof.evidence };
    // Whatever the proof says of itself: who names another version is believed the rest.
    const { toolVersion: madeBy } = stored.evidence.run;
    if (proof.tool.version !== madeBy) {
      const problem = `the proof says ${proof.tool.version}, and its evidence is of ${madeBy}`;
      problems.push({ where: 'tool.version', problem });
    }
    const isComparable = madeBy === toolVersion && evidence.segments.every(({ state }) => !LOST.has(state));
    const { judged, parts } = judgeAgain(proof, { ...stored, head }, loadPacks, isComparable);
    const verified = { evidencePath, evidence, judged, problems: [...problems, ...parts] };
    return { verified, material: { proof, evidence: stored.evidence } };
  } catch (error) {
    if (!(error instanceof IdleproofError)) throw error;
    const judged = { again: false, reason: error.message } as const;
    return { verified: { evidencePath, evidence, judged, problems }, material: null };
  } finally {
    reader.close();
  }
}

/** Of a file that was finished when the proof was made, every byte is known. */
const isOtherFile = ({ evidence: { fileSha256 } }: Proof, path: string): boolean =>
  fileSha256 !== undefined && fileSha256 !== sha256OfFile(path);

/** Older proofs do not name their packs; those without a rule that was judged are then not known. */
const packNamesOf = ({ rules, rulePacks }: Proof): string[] =>
  rulePacks?.map(({ pack }) => pack) ?? [...new Set(rules.map(({ pack }) => pack))];

function lookBackOf(proof: Proof, loadPacks: ProofCheck['loadPacks']): number {
  try {
    return lookBackMs(loadPacks(packNamesOf(proof)));
  } catch {
    return 0;
  }
}

function judgeAgain(
  proof: Proof,
  { evidence: stored, head }: StoredEvidence,
  loadPacks: ProofCheck['loadPacks'],
  isComparable: boolean,
): Pick<VerifiedProof, 'judged'> & { parts: EvidenceProblem[] } {
  const packs = loadPacks(packNamesOf(proof));
  if (rulesDigestOf(packs) !== proof.rulesDigest) {
    const reason =
      'the rules that ship with this version are not those that it was judged by (others are named with --rules)';
    return { judged: { again: false, reason }, parts: [] };
  }
  const accepted = proof.rules.flatMap(({ acceptedSeconds }) => acceptedSeconds ?? []);
  const acceptSampledMs = accepted.length === 0 ? null : Math.max(...accepted) * 1000;
  const evidence = remembering(stored);
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
