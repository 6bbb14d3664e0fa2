import { statSync } from 'node:fs';
import { IdleproofError } from '../../errors.ts';
import { isDamage, isNoDatabase, type Sqlite } from '../../os/sqlite.ts';
import { CHAIN_START } from '../chain.ts';
import { foreignObjects } from './foreign-objects.ts';
import { type OpenEvidence, openEvidence } from '../open-evidence.ts';
import type { EvidenceProblem, Verification } from './verification.ts';
import { Verifier } from './verifier.ts';

/**
 * Reads every row of an evidence file, also one that is being written, and checks it against the chain: finds what was
 * changed, removed, put elsewhere, inserted or cut off. Holds one batch at a time. Throws EVIDENCE_READ, EVIDENCE_NEWER.
 * @param heads digests that the chain must have had once, from proofs or logs
 * @param isNamed a proof says that it is evidence: what is none by now was damaged; else somebody may mean another file
 */
export function verifyEvidence(path: string, heads: readonly string[] = [], isNamed = false): Verification {
  const none = (problems: EvidenceProblem[]): Verification => ({
    ...NOTHING,
    problems,
    problemCount: problems.length,
    missingHeads: [...heads],
  });
  let evidence: OpenEvidence;
  try {
    evidence = openEvidence(path);
  } catch (error) {
    const damage = damageOf(error, isNamed);
    if (damage === null) throw error;
    return none([damage]);
  }
  const { db, layout } = evidence;
  try {
    const foreign = foreignObjects(db);
    if (foreign.length > 0) return none(foreign);
    if (isCutShort(db, path)) return none([CUT_SHORT]);
    return new Verifier(db, layout.hasSegments, heads).run(layout.tables);
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    if (!isDamage(error))
      throw new IdleproofError('EVIDENCE_READ', { path, problem: (error as Error).message }, error);
    return none([sayDamage(error)]);
  } finally {
    db.close();
  }
}

const CUT_SHORT: EvidenceProblem = {
  where: 'the file',
  problem: 'it is damaged: its last page is not whole',
};

/** SQLite takes what is missing of a last page for zeros, which some of it may have been. */
function isCutShort(db: Sqlite, path: string): boolean {
  return statSync(path).size % Number(db.pragma('page_size', { simple: true })) !== 0;
}

const NOTHING = { segments: [], chainHead: CHAIN_START, batches: 0, rows: 0 };

/** What is wrong with a file that cannot be opened as evidence; null where that says nothing about evidence: no file, no right, a newer one. */
function damageOf(error: unknown, isNamed: boolean): EvidenceProblem | null {
  if (!(error instanceof IdleproofError)) return null;
  if (error.code === 'EVIDENCE_DAMAGED') return { where: 'the file', problem: error.message };
  if (error.code !== 'EVIDENCE_READ') return null;
  const { cause } = error;
  if (cause === undefined) return isNamed ? { where: 'the file', problem: 'it is no evidence file' } : null;
  if (!isDamage(cause)) return null;
  return isNamed || !isNoDatabase(cause) ? sayDamage(cause) : null;
}

const sayDamage = ({ message }: Error): EvidenceProblem => ({
  where: 'the file',
  problem: `it is damaged: ${message}`,
});
