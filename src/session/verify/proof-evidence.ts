import type { EvidenceReader, StoredEvidence } from '../../evidence/read.ts';
import type { Proof } from '../../model/proof.ts';

/** Whether its evidence is a file of its own, which lies beside it: a daemon keeps that of all its windows in one store. */
export const hasOwnEvidence = ({ window: { trigger } }: Pick<Proof, 'window'>): boolean =>
  trigger === 'check' || trigger === 'measure';

/** A check's evidence is about one window; of a store of many, the window is read that the proof names. */
export function readEvidenceFor(
  proof: Proof,
  reader: EvidenceReader,
  lookBack: number,
): StoredEvidence & { isWhole: boolean } {
  const { window } = proof;
  if (hasOwnEvidence(proof)) return { ...reader.run(), isWhole: true };
  // A proof tells times to the millisecond.
  const found = reader
    .windows()
    .find(({ id, fromMs }) => id === window.id && Math.floor(fromMs) === Date.parse(window.opened.utc));
  const span = found ?? { fromMs: Date.parse(window.opened.utc), toMs: Date.parse(window.closed.utc) };
  const { fromMs, toMs } = span;
  return { ...reader.window({ id: window.id, fromMs, toMs, lookBackMs: lookBack }), isWhole: false };
}
