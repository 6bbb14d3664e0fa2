import { ANSWER_NS } from './answers.ts';

/**
 * What a peer has sent on a connection that it opened, and whether it waits for an answer. However late, what is sent first after that
 * is one, and so is what follows within a second: of that, or of the question. Everything else is the program's own doing. What comes
 * within a second of something that was sent may be no question but an acknowledgement, as of a heartbeat: it is answered soon or never.
 */
export class Questions {
  #isOpen = false;
  #untilNs = Number.NEGATIVE_INFINITY;
  #sentNs = Number.NEGATIVE_INFINITY;
  #answeredNs: number | null = null;

  /** Whether all answers were before that, and there was one. */
  hadAnswered(atNs: number): boolean {
    return this.#answeredNs !== null && this.#answeredNs < atNs;
  }

  /** Whether it is a question, for all that is known. */
  received(atNs: number): boolean {
    const isQuestion = atNs - this.#sentNs >= ANSWER_NS;
    this.#isOpen ||= isQuestion;
    this.#untilNs = atNs + ANSWER_NS;
    return isQuestion;
  }

  /** Whether what is sent now is an answer; to be asked once for each send. */
  sent(atNs: number): boolean {
    if (this.#isOpen) this.#untilNs = atNs + ANSWER_NS;
    const isAnswer = this.isAwaited(atNs);
    this.#isOpen = false;
    this.#sentNs = atNs;
    if (isAnswer) this.#answeredNs = atNs;
    return isAnswer;
  }

  /** Whether it would be one. */
  isAwaited(atNs: number): boolean {
    return this.#isOpen || atNs < this.#untilNs;
  }
}

/**
 * When each target was asked last, on whatever connection: what it passes on to others within a second, as a broker does, it does for
 * who has asked.
 */
export class LastQuestions {
  readonly #atNs: Map<string, number> = new Map();

  asked(target: string, atNs: number): void {
    this.#atNs.set(target, atNs);
  }

  isRecent(target: string, atNs: number): boolean {
    const lastNs = this.#atNs.get(target);
    return lastNs !== undefined && atNs - lastNs < ANSWER_NS;
  }
}
