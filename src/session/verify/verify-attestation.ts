import { createHash, type KeyObject } from 'node:crypto';
import { isSignedBy } from '../../attest/dsse.ts';
import { type ReadEnvelope, readEnvelopes, statementIn } from '../../attest/envelopes.ts';
import { keyIdOf } from '../../attest/keys.ts';
import { proofDigestIn, statementsOf } from '../../core/attest/statements.ts';
import type { EvidenceProblem } from '../../evidence/verification.ts';
import type { Envelope, Statement } from '../../model/attestation.ts';
import type { ProofMaterial } from '../../model/proof-format.ts';

/** What came of the signatures and statements of a bundle. */
export interface VerifiedAttestation {
  /** Of each statement its predicate type; null where there is none to be read. */
  statements: (string | null)[];
  /** SHA-256 of the key that signed all of them; null: nobody brought a key, or it signed not all. */
  signedBy: string | null;
  isSignatureChecked: boolean;
  /** What a reader should know, and what decides nothing. */
  notes: string[];
  problems: EvidenceProblem[];
}

/** The statements of a bundle, and whether a key signed them. @param key null: nobody brought one */
export function checkSignatures(
  text: string,
  key: KeyObject | null,
): VerifiedAttestation & { read: Statement[] } {
  const envelopes = readEnvelopes(text);
  const checks = envelopes.map((read) => checkEnvelope(read, key));
  const problems = checks.flatMap((check) => check.problems);
  if (envelopes.length === 0) problems.push({ where: 'the attestation', problem: 'it is empty' });
  const isSigned = key !== null && checks.length > 0 && checks.every((check) => check.isSigned);
  return {
    statements: checks.map(({ statement }) => statement?.predicateType ?? null),
    signedBy: isSigned ? keyIdOf(key) : null,
    isSignatureChecked: key !== null,
    notes: checks.flatMap(({ notes }) => notes),
    problems,
    read: checks.flatMap(({ statement }) => statement ?? []),
  };
}

interface EnvelopeCheck {
  statement: Statement | null;
  isSigned: boolean;
  notes: string[];
  problems: EvidenceProblem[];
}

function checkEnvelope(read: ReadEnvelope, key: KeyObject | null): EnvelopeCheck {
  const where = `statement ${read.line}`;
  if ('problem' in read) {
    return { statement: null, isSigned: false, notes: [], problems: [{ where, problem: read.problem }] };
  }
  const content = statementIn(read.envelope);
  const statement = 'statement' in content ? content.statement : null;
  const problems = 'problem' in content ? [{ where, problem: content.problem }] : [];
  if (key === null) return { statement, isSigned: false, notes: [], problems };
  const isSigned = isSignedBy(read.envelope, key);
  const isNamed = read.envelope.signatures.some(({ keyid }) => keyid === keyIdOf(key));
  if (!isSigned) problems.push({ where, problem: whyUnsigned(read.envelope, key, isNamed) });
  const notes =
    isSigned && !isNamed
      ? [`${where}: it names another key than the one that signed it, which decides nothing`]
      : [];
  return { statement, isSigned, notes, problems };
}

/** The name of the key is anybody's word, but says which of the two it probably is. */
function whyUnsigned({ signatures }: Envelope, key: KeyObject, isNamed: boolean): string {
  if (isNamed) return 'the signature does not fit: the statement or its signature was changed since';
  const named = signatures.map(({ keyid }) => keyid ?? 'no name').join(', ');
  return `it is not signed by this key (${keyIdOf(key)}): it names ${named}`;
}

/**
 * Holds statements against the proof that they are about: its digest, and what it and its evidence give again.
 * @param proofBytes of proof.json
 * @param material null: the evidence could not be read
 * @param isSameVersion whether this version wrote the proof, and so would attest the same
 */
export function attestationParts(
  statements: readonly Statement[],
  proofBytes: Uint8Array,
  material: ProofMaterial | null,
  isSameVersion: boolean,
): EvidenceProblem[] {
  const sha256 = createHash('sha256').update(proofBytes).digest('hex');
  const again = material === null ? [] : statementsOf(material, sha256);
  return statements.flatMap((statement): EvidenceProblem[] => {
    const where = statement.predicateType;
    if (proofDigestIn(statement) !== sha256) {
      return [{ where, problem: `it is not about this proof.json, whose SHA-256 is ${sha256}` }];
    }
    if (material === null) return [];
    const expected = again.find(({ predicateType }) => predicateType === where);
    if (expected === undefined) return [{ where, problem: 'nothing of this kind follows from the proof' }];
    if (JSON.stringify(expected.subject) !== JSON.stringify(statement.subject)) {
      return [{ where, problem: 'its subjects are not the program files that the proof names' }];
    }
    if (resultOf(expected) !== resultOf(statement)) {
      return [{ where, problem: `it says ${resultOf(statement)}, and the proof ${resultOf(expected)}` }];
    }
    return isSameVersion && JSON.stringify(expected) !== JSON.stringify(statement)
      ? [{ where, problem: 'it does not say what the proof and its evidence do' }]
      : [];
  });
}

function resultOf({ predicate }: Statement): string {
  const { result } = predicate;
  return typeof result === 'string' ? result : 'no result';
}
