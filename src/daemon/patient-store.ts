import type { EvidenceStore } from '../evidence/store.ts';
import type { Row } from '../evidence/tables.ts';

/** What cannot be written waits in memory, but not without bound. */
const MOST_WAITING = 200_000;

/** What is to be said where even more waited. */
export const EVIDENCE_LOST = 'evidence was lost: too much waited to be written';

/** How often it is tried again. */
const RETRY_MS = 5_000;

export interface PatientStoreParts {
  store: Pick<EvidenceStore, 'append'>;
  /** Everything was taken, or the store said why not: it does not hang. */
  onAnswer: () => void;
  /** The first time that something cannot be written, and when it can again (null). */
  onProblem: (problem: string | null) => void;
  /** So much waited that it was given up: the evidence has a hole that nobody can fill. */
  onLoss: (rows: number) => void;
}

/** Keeps what a full disk or a locked file does not take, and tries again with the next batch. */
export class PatientStore implements Pick<EvidenceStore, 'append'> {
  readonly #parts: PatientStoreParts;
  #waiting: Row[] = [];
  #problem: string | null = null;
  #triedMs = 0;
  /** null: none so far. */
  lastCommitMs: number | null = null;
  /** Rows that were given up so far. */
  lost = 0;

  constructor(parts: PatientStoreParts) {
    this.#parts = parts;
  }

  /** Never throws for what the store cannot do. */
  append(atMs: number, rows: readonly Row[]): void {
    const { store, onAnswer, onProblem, onLoss } = this.#parts;
    for (const row of rows) this.#waiting.push(row);
    this.#triedMs = atMs;
    try {
      if (this.#waiting.length > 0) store.append(atMs, this.#waiting);
      this.#waiting = [];
      if (this.#problem !== null) onProblem((this.#problem = null));
      this.lastCommitMs = atMs;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (this.#problem === null) onProblem(problem);
      this.#problem = problem;
      if (this.#waiting.length <= MOST_WAITING) return;
      const lost = this.#waiting.length;
      this.#waiting = [];
      this.lost += lost;
      onLoss(lost);
    } finally {
      onAnswer();
    }
  }

  /** Writes what waits, where nothing else comes that would: to be called at each look. */
  retry(nowMs: number): void {
    // A clock that was set back is no reason to wait.
    const isDue = Math.abs(nowMs - this.#triedMs) >= RETRY_MS;
    if (this.#waiting.length > 0 && isDue) this.append(nowMs, []);
  }

  /** Writes what waits, for the last time. @returns rows that are given up with it */
  flush(nowMs: number): number {
    if (this.#waiting.length > 0) this.append(nowMs, []);
    return this.#waiting.length;
  }

  /** Rows that are not committed. */
  get waiting(): number {
    return this.#waiting.length;
  }
}
