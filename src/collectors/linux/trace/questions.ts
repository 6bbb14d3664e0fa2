import { ANSWER_NS } from './answers.ts';

/**
 * What a peer has sent on a connection that it opened, and whether it waits for an answer. However late, what is sent first after that
 * is one, and so is what follows within a second: of that, or of the question. Everything else is the program's own doing.
 */
export class Questions {
  #isOpen = false;
  #untilNs = Number.NEGATIVE_INFINITY;

  received(atNs: number): void {
    this.#isOpen = true;
    this.#untilNs = atNs + ANSWER_NS;
  }

  /** Whether what is sent now is an answer; to be asked once for each send. */
  sent(atNs: number): boolean {
    if (this.#isOpen) this.#untilNs = atNs + ANSWER_NS;
    const isAnswer = this.isAwaited(atNs);
    this.#isOpen = false;
    return isAnswer;
  }

  /** Whether it would be one. */
  isAwaited(atNs: number): boolean {
    return this.#isOpen || atNs < this.#untilNs;
  }
}
