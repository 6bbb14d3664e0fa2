import type { Window } from '../model/evidence.ts';
import type { Clock } from '../model/time.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Watcher } from '../session/watcher.ts';
import type { Evidence } from './proof-queue.ts';

export interface RunEvidenceParts {
  watcher: Pick<Watcher, 'pending' | 'lookedUntilMs'>;
  recorder: Pick<Recorder, 'gap' | 'document' | 'finish' | 'commit'>;
  clock: Clock;
}

const STILL_HIDDEN = "another process still held the database's write lock some time after the window closed";

/** What a watch has seen so far, for whoever judges its windows. */
export class RunEvidence implements Evidence {
  readonly #parts: RunEvidenceParts;

  constructor(parts: RunEvidenceParts) {
    this.#parts = parts;
  }

  /** Whether an events table has something of before now that may still become visible. */
  get isPending(): boolean {
    return this.#parts.watcher.pending().length > 0;
  }

  /** Everything that was seen so far is written: what is judged now rests on it. */
  commit(): void {
    const { recorder, clock } = this.#parts;
    recorder.finish(clock.nowMs());
  }

  /** A window is judged although something of it may still become visible: nobody knows its end. */
  giveUp({ fromMs }: Pick<Window, 'fromMs'>): void {
    const { watcher, recorder } = this.#parts;
    const toMs = watcher.lookedUntilMs;
    for (const { collector, target } of watcher.pending())
      recorder.gap({ fromMs, toMs, collector: collector.name, target, reason: STILL_HIDDEN });
  }

  /** Something that was written down beside the looks. */
  document(kind: Parameters<Recorder['document']>[0], body: unknown): void {
    const { recorder, clock } = this.#parts;
    recorder.document(kind, body);
    recorder.commit(clock.nowMs());
  }
}
