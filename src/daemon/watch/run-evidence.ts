import type { WaitedFor, Window } from '../../model/evidence.ts';
import type { Clock } from '../../model/time.ts';
import { pendingReason } from '../../session/pending-reason.ts';
import type { Recorder } from '../../session/recorder.ts';
import type { Watcher } from '../../session/watcher.ts';
import { EVIDENCE_LOST, type PatientStore } from '../patient-store.ts';
import type { GrowingEvidence } from '../proofs/proof-queue.ts';

export interface RunEvidenceParts {
  watcher: Pick<Watcher, 'pending' | 'lookedUntilMs'>;
  recorder: Pick<Recorder, 'gap' | 'document' | 'finish' | 'commit'>;
  store: Pick<PatientStore, 'waiting'>;
  clock: Clock;
}

/** What a watch has seen so far, for whoever judges its windows. */
export class RunEvidence implements GrowingEvidence {
  readonly #parts: RunEvidenceParts;

  constructor(parts: RunEvidenceParts) {
    this.#parts = parts;
  }

  /** Whether an events table or a log has something of before now that may still become visible. */
  get isPending(): boolean {
    return this.#parts.watcher.pending().length > 0;
  }

  /** Writes everything that was seen so far: what is judged now rests on it. @returns whether the disk took it */
  commit(): boolean {
    const { recorder, store, clock } = this.#parts;
    recorder.finish(clock.nowMs());
    return store.waiting === 0;
  }

  /** A window is judged although something of it may still become visible: nobody knows its end. */
  giveUp({ fromMs }: Pick<Window, 'fromMs'>): void {
    const { watcher, recorder } = this.#parts;
    const toMs = watcher.lookedUntilMs;
    for (const { collector, target } of watcher.pending()) {
      const reason = pendingReason(collector.name, 'some time');
      recorder.gap({ fromMs, toMs, collector: collector.name, target, reason });
    }
  }

  /** Some of what was seen of a window is lost, and nobody knows what. */
  spoil({ fromMs, toMs }: Pick<Window, 'fromMs' | 'toMs'>): void {
    this.#parts.recorder.gap({ fromMs, toMs, collector: 'loop', target: null, reason: EVIDENCE_LOST });
  }

  /** Notes that nothing of a window is waited for any more; to be committed before it is judged. */
  waitedFor({ id, fromMs }: Window, rulesDigest: string): void {
    this.#parts.recorder.document('waitedFor', { id, fromMs, rulesDigest } satisfies WaitedFor);
  }

  /** Something that was written down beside the looks. */
  document(kind: Parameters<Recorder['document']>[0], body: unknown): void {
    const { recorder, clock } = this.#parts;
    recorder.document(kind, body);
    recorder.commit(clock.nowMs());
  }
}
