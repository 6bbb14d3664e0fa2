import { type DocumentKind, documentRow } from '../evidence/rows.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { Log } from './log/log.ts';
import type { Notifier } from './notify.ts';
import { EVIDENCE_LOST, PatientStore } from './patient-store.ts';
import type { Problems } from './problems.ts';
import type { RunEvidence } from './watch/run-evidence.ts';

export interface EvidenceKeeperParts {
  store: EvidenceStore;
  notifier: Pick<Notifier, 'alive' | 'trouble'>;
  problems: Problems;
  log: Log;
  /** Of the watch that goes on; null: between two. */
  running: () => Pick<RunEvidence, 'document'> | null;
  /** Evidence has a hole that nobody can fill. */
  onLoss: () => void;
}

/** As the service manager counts: no step of the wall clock moves it. */
const livingMs = (): number => performance.now();

/** The evidence of a daemon, whatever watches: what cannot be written waits, and people and the service manager are told. */
export class EvidenceKeeper {
  /** Takes whatever there is to write. */
  readonly store: PatientStore;
  readonly #parts: EvidenceKeeperParts;

  constructor(parts: EvidenceKeeperParts) {
    this.#parts = parts;
    const { store, notifier, log, onLoss } = parts;
    this.store = new PatientStore({
      store,
      onAnswer: () => notifier.alive('store', livingMs()),
      onProblem: (problem) => this.#tell(problem),
      onLoss: (rows) => {
        log.fatal(EVIDENCE_LOST, { rows });
        onLoss();
      },
    });
  }

  /** Writes down what became known beside the looks. */
  keep(kind: DocumentKind, document: unknown): void {
    const running = this.#parts.running();
    // Of the watch that is over, whatever the clock says now: within one, times go forward.
    const lastMs = Math.max(Date.now(), this.#parts.store.lastMs);
    if (running === null) this.store.append(lastMs, [documentRow(kind, document)]);
    else running.document(kind, document);
  }

  /** The loop goes on; a store of which nothing is asked lives with it. */
  alive(): void {
    const { notifier } = this.#parts;
    const nowMs = livingMs();
    notifier.alive('loop', nowMs);
    if (this.store.waiting === 0) notifier.alive('store', nowMs);
  }

  /** Writes what waits, for the last time. */
  close(): void {
    const { store, log } = this.#parts;
    const rows = this.store.flush(Date.now());
    if (rows > 0) log.fatal('evidence was lost: it could not be written before the end', { rows });
    store.close();
  }

  /** @param problem null: it is over */
  #tell(problem: string | null): void {
    const { problems, notifier, log } = this.#parts;
    problems.set('store', null, problem);
    notifier.trouble(problem === null ? null : `evidence waits in memory: ${problem}`);
    if (problem === null) log.info('evidence is written again');
    else log.error('evidence cannot be written; it waits in memory', { problem });
  }
}
