import type { Availability } from '../../model/collector.ts';
import { DistinctTexts } from '../distinct-texts.ts';

const MOST_FLAWS = 5;

/** How the events were known over a whole run: what could not be read, what escaped, what limits the view. */
export class EventsReport {
  #everRead = false;
  #lost = 0;
  #holderNote: string | null = null;
  #noWriteLockView = false;
  /** What makes the view partial. */
  readonly #flaws: DistinctTexts = new DistinctTexts(MOST_FLAWS);

  wasRead(lost: number, flaw: string | null): void {
    this.#everRead = true;
    this.#lost += lost;
    if (flaw !== null) this.flaw(flaw);
  }

  flaw(reason: string): void {
    this.#flaws.add(reason);
  }

  holderNote(note: string | null): void {
    this.#holderNote = note;
  }

  writeLocksHidden(): void {
    this.#noWriteLockView = true;
  }

  summary(): Availability & { lost: number } {
    const flaws = this.#flaws.all;
    const notes = [...flaws];
    if (this.#holderNote !== null) notes.push(this.#holderNote);
    if (this.#noWriteLockView)
      notes.push('whether another process is about to commit rows cannot be seen here');
    if (!this.#everRead && notes.length === 0) notes.push('it was never looked at');
    const limited = flaws.length > 0 || this.#lost > 0;
    const status = this.#everRead ? (limited ? 'partial' : 'ok') : 'unavailable';
    return {
      status,
      tier: 'counter',
      reason: notes.length === 0 ? null : notes.join('; '),
      lost: this.#lost,
    };
  }
}
