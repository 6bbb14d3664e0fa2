import type { EvidenceReader, StoredEvidence } from '../../evidence/read.ts';
import type { Proof } from '../../model/proof.ts';

/** A check's evidence is about one window; of a store of many, the window is read that the proof names. */
export function readEvidenceFor(
  { window }: Proof,
  reader: EvidenceReader,
  lookBack: number,
): StoredEvidence & { isWhole: boolean } {
  if (window.trigger === 'check' || window.trigger === 'measure') return { ...reader.run(), isWhole: true };
  // A proof tells times to the millisecond.
  const found = reader
    .windows()
    .find(({ id, fromMs }) => id === window.id && Math.floor(fromMs) === Date.parse(window.opened.utc));
  const span = found ?? { fromMs: Date.parse(window.opened.utc), toMs: Date.parse(window.closed.utc) };
  const { fromMs, toMs } = span;
  return { ...reader.window({ id: window.id, fromMs, toMs, lookBackMs: lookBack }), isWhole: false };
}
