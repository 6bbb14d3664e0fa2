import type { DaemonProblem } from '../model/daemon-status.ts';

/** What a person should mend, for as long as it lasts. */
export class Problems {
  readonly #known: Map<string, DaemonProblem> = new Map();

  /** @param text null: it is over */
  set(kind: DaemonProblem['kind'], subject: DaemonProblem['subject'], text: string | null): void {
    const key = `${kind} ${subject ?? ''}`;
    const before = this.#known.get(key);
    if (text === null) this.#known.delete(key);
    else this.#known.set(key, { kind, subject, text, sinceMs: before?.sinceMs ?? Date.now() });
  }

  get all(): DaemonProblem[] {
    return [...this.#known.values()];
  }
}
