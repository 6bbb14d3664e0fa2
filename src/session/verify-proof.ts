import { readFileSync } from 'node:fs';
import { lookBackMs } from '../core/rules/look-back.ts';
import type { JudgeOptions } from '../core/rules/evaluate.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { IdleproofError } from '../errors.ts';
import { EvidenceReader, type StoredEvidence } from '../evidence/read.ts';
import type { EvidenceProblem, Verification } from '../evidence/verification.ts';
import { verifyEvidence } from '../evidence/verify.ts';
import type { Proof, RuleResult } from '../model/proof.ts';
import { prove, rulesDigestOf } from './prove.ts';

/** What was checked of a proof, and what does not hold. */
export interface VerifiedProof {
  evidencePath: string;
  evidence: Verification;
  /** Whether the evidence was judged again; else why it was not. */
  judged: { again: true } | { again: false; reason: string };
  /** Where the proof and its evidence part; empty: nowhere. */
  problems: EvidenceProblem[];
}

export interface ProofCheck {
  evidencePath: string;
  /** The rule packs of these names as they are here; throws where one is not. */
  loadPacks: (names: readonly string[]) => RulePack[];
}

/** Reads a proof as it was written. Throws VERIFY_UNREADABLE for what is none. */
export function readProof(path: string): Proof {
  const problem = (what: string, cause?: unknown): IdleproofError =>
    new IdleproofError('VERIFY_UNREADABLE', { path, problem: what }, cause);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw problem((error as Error).message, error);
  }
  const proof = value as Partial<Proof> | null;
  if (typeof proof !== 'object' || proof === null || proof.schemaVersion !== 1)
    throw problem('it is not a proof');
  if (!isWhole(proof)) throw problem('parts of a proof are missing');
  return proof as Proof;
}

/** Whether everything is there that verifying goes by; other versions may have more or less beside it. */
function isWhole({ evidence, window, rules, verdict, rulesDigest }: Partial<Proof>): boolean {
  const texts: unknown[] = [
    evidence?.chainHead,
    window?.id,
    window?.opened?.utc,
    window?.closed?.utc,
    verdict,
    rulesDigest,
  ];
  return texts.every((text) => typeof text === 'string') && Array.isArray(rules) && rules.every(isRule);
}

const isRule = (rule: Partial<RuleResult> | null): boolean =>
  [rule?.id, rule?.pack, rule?.target, rule?.window, rule?.verdict].every((text) => typeof text === 'string');

/** Holds a proof against its evidence: the chain, the head, and the verdicts that its evidence gives again. */
export function verifyProof(proof: Proof, { evidencePath, loadPacks }: ProofCheck): VerifiedProof {
  const { chainHead, rows } = proof.evidence;
  const evidence = verifyEvidence(evidencePath, [chainHead]);
  const problems: EvidenceProblem[] = [];
  if (evidence.missingHeads.length > 0) {
    problems.push({
      where: 'evidence.chainHead',
      problem: 'the chain of the evidence never had this head: it was cut off, or is another',
    });
  }
  const reader = new EvidenceReader(evidencePath);
  try {
    const stored = readFor(proof, reader, lookBackOf(proof, loadPacks));
    if (stored.isWhole && stored.head.rows !== rows) {
      problems.push({
        where: 'evidence.rows',
        problem: `the proof says ${rows}, and there are ${stored.head.rows}`,
      });
    }
    const { judged, parts } = judgeAgain(proof, stored, loadPacks);
    return { evidencePath, evidence, judged, problems: [...problems, ...parts] };
  } catch (error) {
    if (!(error instanceof IdleproofError)) throw error;
    return { evidencePath, evidence, judged: { again: false, reason: error.message }, problems };
  } finally {
    reader.close();
  }
}

const packNamesOf = ({ rules }: Proof): string[] => [...new Set(rules.map(({ pack }) => pack))];

function lookBackOf(proof: Proof, loadPacks: ProofCheck['loadPacks']): number {
  try {
    return lookBackMs(loadPacks(packNamesOf(proof)));
  } catch {
    return 0;
  }
}

/** A check's evidence is about one window; of a store of many, the window is read that the proof names. */
function readFor(
  { window }: Proof,
  reader: EvidenceReader,
  lookBack: number,
): StoredEvidence & { isWhole: boolean } {
  if (window.trigger === 'check') return { ...reader.run(), isWhole: true };
  // A proof tells times to the millisecond.
  const found = reader
    .windows()
    .find(({ id, fromMs }) => id === window.id && Math.floor(fromMs) === Date.parse(window.opened.utc));
  const span = found ?? { fromMs: Date.parse(window.opened.utc), toMs: Date.parse(window.closed.utc) };
  const { fromMs, toMs } = span;
  return { ...reader.window({ id: window.id, fromMs, toMs, lookBackMs: lookBack }), isWhole: false };
}

function judgeAgain(
  proof: Proof,
  stored: StoredEvidence,
  loadPacks: ProofCheck['loadPacks'],
): Pick<VerifiedProof, 'judged'> & { parts: EvidenceProblem[] } {
  const packs = loadPacks(packNamesOf(proof));
  if (rulesDigestOf(packs) !== proof.rulesDigest) {
    const reason = 'the rules that ship with this version are not those that it was judged by';
    return { judged: { again: false, reason }, parts: [] };
  }
  const accepted = proof.rules.flatMap(({ acceptedSeconds }) => acceptedSeconds ?? []);
  const acceptSampledMs = accepted.length === 0 ? null : Math.max(...accepted) * 1000;
  const judgeBy = (options: JudgeOptions): Proof => prove(stored, packs, options);
  const lenient = judgeBy({ strict: false, acceptSampledMs });
  // A proof does not say whether warnings counted; they change nothing but the verdict of the window.
  const verdicts = [lenient.verdict, judgeBy({ strict: true, acceptSampledMs }).verdict];
  const parts = partsBetween(proof.rules, lenient.rules);
  if (!verdicts.includes(proof.verdict)) {
    parts.unshift({
      where: 'verdict',
      problem: `the proof says ${proof.verdict}, and its evidence gives ${lenient.verdict}`,
    });
  }
  return { judged: { again: true }, parts };
}

const nameOf = ({ pack, id, target, window }: RuleResult): string => `${pack}/${id} (${target}, ${window})`;

/** Rules whose verdict is another, or that only one of the two has. */
function partsBetween(told: readonly RuleResult[], found: readonly RuleResult[]): EvidenceProblem[] {
  const again = new Map(found.map((result) => [nameOf(result), result.verdict]));
  const parts = told.flatMap((result): EvidenceProblem[] => {
    const where = nameOf(result);
    const verdict = again.get(where) ?? 'nothing';
    again.delete(where);
    return verdict === result.verdict
      ? []
      : [{ where, problem: `the proof says ${result.verdict}, and its evidence gives ${verdict}` }];
  });
  const untold = [...again].map(([where, verdict]) => ({
    where,
    problem: `its evidence gives ${verdict}, and the proof is silent`,
  }));
  return [...parts, ...untold];
}
