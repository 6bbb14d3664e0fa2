import type { WindowKey } from '../../model/evidence.ts';
import { withdrawProof } from '../../session/proofs/withdrawn.ts';
import type { Ledger } from '../ledger.ts';
import type { Log } from '../log/log.ts';
import type { ProofQueue } from './proof-queue.ts';

export interface TakeBackParts {
  proofs: Pick<ProofQueue, 'remove'>;
  ledger: Pick<Ledger, 'remove'>;
  log: Log;
}

/** What was no window after all waits for no verdict; one that it got counts no more, and its proof says so. */
export function takeBack(
  { proofs, ledger, log }: TakeBackParts,
  { id, fromMs }: WindowKey,
  reason: string,
): void {
  proofs.remove(id, fromMs);
  const said = ledger.remove(id, fromMs);
  if (said === null) {
    log.info('no window after all', { window: id, reason });
    return;
  }
  const { verdict, folder } = said;
  if (folder !== null) mark(folder, reason, log);
  log.warn('no window after all: its proof holds no more', { window: id, reason, verdict, folder });
}

function mark(folder: string, reason: string, log: Log): void {
  try {
    withdrawProof(folder, reason);
  } catch (error) {
    const problem = (error as Error).message;
    log.error('a proof that holds no more could not be marked', { folder, problem });
  }
}
