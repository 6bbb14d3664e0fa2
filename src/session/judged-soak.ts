import { CONFIDENCE } from '../core/coverage/quiet-reach.ts';
import type { SummaryRange } from '../core/proof/summary.ts';
import { type SoakWindow, soakReach } from '../core/windows/soak-exclusion.ts';
import { EvidenceReader } from '../evidence/read.ts';
import type { WindowVerdict } from '../model/daemon-status.ts';
import type { Window } from '../model/evidence.ts';
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
  const windows = lastVerdicts(storePath).flatMap((verdict) =>
    isAsked(verdict) ? (verdict.soak ?? []) : [],
  );
  const { periodMs } = soakReach(windows);
  return periodMs > 0 ? { seconds: periodMs / 1000, confidence: CONFIDENCE, windows: windows.length } : null;
}

/** Of a window that is written again after its verdict something else is known now: it is shorter, none at all, or waits for another one. */
function lastVerdicts(storePath: string): VerdictDocument[] {
  const last = new Map<string, VerdictDocument>();
  const reader = new EvidenceReader(storePath);
  try {
    for (const { kind, body } of reader.documentsOfKinds(['window', 'verdict'])) {
      if (kind === 'verdict') {
        const verdict = body as VerdictDocument;
        last.set(keyOf(verdict.windowId, verdict.fromMs), verdict);
      } else {
        const { id, fromMs } = body as Window;
        last.delete(keyOf(id, fromMs));
      }
    }
  } finally {
    reader.close();
  }
  return [...last.values()];
}

const keyOf = (id: string, fromMs: number): string => `${id} ${fromMs}`;
