import { CONFIDENCE } from '../core/coverage/quiet-reach.ts';
import type { SummaryRange } from '../core/proof/summary.ts';
import { type SoakWindow, soakReach } from '../core/windows/soak-exclusion.ts';
import { EvidenceReader } from '../evidence/read.ts';
import type { WindowVerdict } from '../model/daemon-status.ts';
import type { ProofSummary } from '../model/proof-summary.ts';

/** What the store of a soak keeps of a judged window. */
export interface VerdictDocument extends WindowVerdict {
  /** What it adds to what windows exclude together; null: nothing. Left out by versions that did not tell. */
  soak?: SoakWindow | null;
}

/**
 * The longest period that the windows of a store exclude together, those of which the last word was that they passed.
 * @param range as of the summary that it belongs to
 * @returns null: none
 * @throws IdleproofError EVIDENCE_READ, EVIDENCE_NEWER
 */
export function excludedBySoak(
  storePath: string,
  { sinceMs, windowId }: Pick<SummaryRange, 'sinceMs' | 'windowId'>,
): ProofSummary['excludedTogether'] {
  const isAsked = (verdict: VerdictDocument): boolean =>
    (sinceMs === null || verdict.toMs > sinceMs) && (windowId === null || verdict.windowId === windowId);
  const asked = verdictsIn(storePath).filter(isAsked);
  const last = new Map(asked.map((verdict) => [`${verdict.windowId} ${verdict.fromMs}`, verdict]));
  const windows = [...last.values()].flatMap(({ soak }) => soak ?? []);
  const { periodMs } = soakReach(windows);
  return periodMs > 0 ? { seconds: periodMs / 1000, confidence: CONFIDENCE, windows: windows.length } : null;
}

function verdictsIn(storePath: string): VerdictDocument[] {
  const reader = new EvidenceReader(storePath);
  try {
    return reader.documents<VerdictDocument>('verdict');
  } finally {
    reader.close();
  }
}
