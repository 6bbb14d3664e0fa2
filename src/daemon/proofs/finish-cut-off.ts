import type { EvidenceStore } from '../../evidence/store.ts';
import { readCutOff } from '../../session/cut-off.ts';
import { rulesDigestOf } from '../../session/prove.ts';
import type { Log } from '../log/log.ts';
import type { DaemonPlan } from '../plan.ts';
import type { ProofQueue } from './proof-queue.ts';
import type { UnjudgedWindows } from './unjudged-windows.ts';

export interface FinishCutOffParts {
  store: Pick<EvidenceStore, 'path' | 'append' | 'lastMs'>;
  proofs: Pick<ProofQueue, 'add' | 'flush'>;
  unjudged: Pick<UnjudgedWindows, 'add' | 'cannotBeRead'>;
  log: Log;
}

const NEVER_PROVED =
  'the daemon ended before its proof was written, and another watch has begun since or the rules are others';

/** In one line of the log. */
const MOST_NAMED = 20;

/**
 * Judges what the daemon before this one left without a proof: before anything else is written, as the end of its watch.
 * What is in the way of it is told: it keeps no daemon from its own watch.
 */
export function finishCutOff({ store, proofs, unjudged, log }: FinishCutOffParts, plan: DaemonPlan): void {
  try {
    const { rows, windows, empty, unknown } = readCutOff(store.path, rulesDigestOf(plan.packs));
    store.append(store.lastMs, rows);
    if (windows.length > 0)
      log.warn('the daemon before this one ended before it had proved these windows; they are proved now', {
        windows: windows.slice(-MOST_NAMED).map(({ id, fromMs, toMs }) => ({ id, fromMs, toMs })),
      });
    if (empty.length > 0)
      log.warn('the daemon before this one died when it had just opened these windows', { windows: empty });
    for (const key of unknown) unjudged.add(plan.reports.dir, key, NEVER_PROVED);
    for (const window of windows) proofs.add(window);
    proofs.flush(plan, Date.now(), null);
  } catch (error) {
    unjudged.cannotBeRead((error as Error).message);
  }
}
