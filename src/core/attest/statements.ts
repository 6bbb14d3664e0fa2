import type { ResourceDescriptor, Statement } from '../../model/attestation.ts';
import type { Proof } from '../../model/proof.ts';
import type { ProofMaterial } from '../../model/proof-format.ts';
import { runtimeTrace } from './runtime-trace.ts';
import { testResult } from './test-result.ts';
import { PROOF_FILE } from '../../model/file-names.ts';

const TEST_RESULT_TYPE = 'https://in-toto.io/attestation/test-result/v0.1';
const RUNTIME_TRACE_TYPE = 'https://in-toto.io/attestation/runtime-trace/v0.1';

/**
 * What is attested of a run: the verdict as a test result, and what was seen as a runtime trace, both of the program files that the
 * targets ran. Empty where no digest of them is known: a statement without a subject is none.
 * @param proofSha256 of the bytes of proof.json, in hex
 */
export function statementsOf({ proof, evidence }: ProofMaterial, proofSha256: string): Statement[] {
  const subject = subjectsOf(proof);
  if (subject.length === 0) return [];
  const document = proofDescriptor(proof, proofSha256);
  const frame = { _type: 'https://in-toto.io/Statement/v1', subject } as const;
  return [
    { ...frame, predicateType: TEST_RESULT_TYPE, predicate: testResult(proof, document) },
    { ...frame, predicateType: RUNTIME_TRACE_TYPE, predicate: runtimeTrace(proof, evidence, document) },
  ];
}

/** The program files of all targets, each digest once: a subject is matched by its digest alone. */
function subjectsOf({ targets }: Proof): Statement['subject'] {
  const byDigest = new Map<string, string>();
  for (const { executables = [] } of targets) {
    for (const { path, sha256 } of executables) {
      if (sha256 !== null && !byDigest.has(sha256)) byDigest.set(sha256, path);
    }
  }
  return [...byDigest].map(([sha256, name]) => ({ name, digest: { sha256 } }));
}

/** SHA-256 of the proof.json that a statement is about; null where it names none. */
export function proofDigestIn({ predicate }: Statement): string | null {
  const { configuration, metadata } = predicate as {
    configuration?: ResourceDescriptor[];
    metadata?: { proof?: ResourceDescriptor };
  };
  const documents = [...(Array.isArray(configuration) ? configuration : []), metadata?.proof];
  return documents.find((one) => one?.name === PROOF_FILE)?.digest?.['sha256'] ?? null;
}

function proofDescriptor(
  { evidence, window, rulesDigest, verdict }: Proof,
  sha256: string,
): ResourceDescriptor {
  return {
    name: PROOF_FILE,
    mediaType: 'application/json',
    digest: { sha256 },
    annotations: { verdict, window, evidence, rulesDigest },
  };
}
