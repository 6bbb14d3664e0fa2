import { EvidenceReader } from '../evidence/read.ts';
import type { WindowVerdict } from '../model/daemon-status.ts';
import type { Window } from '../model/evidence.ts';

/**
 * Windows of a store that were closed and never judged as they were closed last: whoever watched ended in between.
 * @throws IdleproofError EVIDENCE_READ, EVIDENCE_NEWER
 */
export function windowsWithoutVerdict(storePath: string): Window[] {
  const reader = new EvidenceReader(storePath);
  try {
    const judged = new Set(
      reader.documents<WindowVerdict>('verdict').map(({ windowId, fromMs }) => `${windowId} ${fromMs}`),
    );
    const last = new Map(reader.windows().map((window) => [`${window.id} ${window.fromMs}`, window]));
    return [...last].flatMap(([key, window]) =>
      judged.has(key) || window.toMs <= window.fromMs ? [] : [window],
    );
  } finally {
    reader.close();
  }
}
