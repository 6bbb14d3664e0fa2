import { digestProof, type ProofDigest } from '../../src/core/proof/digest.ts';
import { proofOf } from './proofs.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 20, 6);

/** Everything that there is. */
export const ALL = { sinceMs: null, untilMs: null, windowId: null };

/** Ten days, a window every two hours, an agent in two of them, doubt in one, CPU that grows. */
export function soakDigests(): ProofDigest[] {
  return Array.from({ length: 120 }, (_, nth) => {
    const proof = proofOf({
      openedMs: START + nth * 2 * HOUR,
      agent: nth === 15 || nth === 39,
      cpu: 0.1 + nth * 0.002,
      ...(nth === 77 ? { verdict: 'inconclusive' } : {}),
    });
    const read = digestProof(`p${nth}`, JSON.stringify(proof));
    if ('problem' in read) throw new Error(read.problem);
    return read;
  });
}
