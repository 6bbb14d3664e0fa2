import type { Availability } from '../../model/collector.ts';

const NOTES = 5;

/** How the events were known over a whole run: what could not be read, what escaped, what limits the view. */
export class EventsReport {
  #everRead = false;
  #lost = 0;
  #holderNote: string | null = null;
  #noWriteLockView = false;
  /** What makes the view partial; insertion order, bounded. */
  readonly #flaws = new Set<string>();

  wasRead(lost: number, flaw: string | null): void {
    this.#everRead = true;
    this.#lost += lost;
    if (flaw !== null) this.flaw(flaw);
  }

  flaw(reason: string): void {
    if (this.#flaws.size < NOTES) this.#flaws.add(reason);
  }

  holderNote(note: string | null): void {
    this.#holderNote = note;
  }

  writeLocksHidden(): void {
    this.#noWriteLockView = true;
  }

  summary(): Availability & { lost: number } {
    const notes = [...this.#flaws];
    if (this.#holderNote !== null) notes.push(this.#holderNote);
    if (this.#noWriteLockView)
      notes.push('whether another process is about to commit rows cannot be seen here');
    if (!this.#everRead && notes.length === 0) notes.push('it was never looked at');
    const limited = this.#flaws.size > 0 || this.#lost > 0;
    const status = this.#everRead ? (limited ? 'partial' : 'ok') : 'unavailable';
    return {
      status,
      tier: 'counter',
      reason: notes.length === 0 ? null : notes.join('; '),
      lost: this.#lost,
    };
  }
}
