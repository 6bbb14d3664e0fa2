import { ANSWER_NS } from './answers.ts';

/** From reading a message to sending it on, on a busy host. */
const PASSED_ON_NS = 1e8;

/**
 * What a peer has sent on a connection that it opened, and whether it waits for an answer. However late, what is sent first after that
 * is one, and so is what follows within a second: of that, or of the question. Everything else is the program's own doing. What comes
 * within a second of something that was sent may be no question but an acknowledgement, as of a heartbeat: it is answered soon or never.
 */
export class Questions {
  #isOpen = false;
  #untilNs = Number.NEGATIVE_INFINITY;
  #sentNs = Number.NEGATIVE_INFINITY;
  #wasAnswer = false;
  #answeredNs: number | null = null;

  /** Whether all answers were before that, and there was one. */
  hadAnswered(atNs: number): boolean {
    return this.#answeredNs !== null && this.#answeredNs < atNs;
  }

  /**
   * Returns for how long what is sent on other connections may be done for the peer: for a second where this is a question for all that
   * is known, for a moment where it may be the next one of a peer that was answered just now, and not at all where it may acknowledge
   * what nobody has asked for.
   */
  received(atNs: number): number {
    const isQuestion = atNs - this.#sentNs >= ANSWER_NS;
    this.#isOpen ||= isQuestion;
    this.#untilNs = atNs + ANSWER_NS;
    if (isQuestion) return ANSWER_NS;
    return this.#wasAnswer ? PASSED_ON_NS : 0;
  }

  /** Whether what is sent now is an answer; to be asked once for each send. */
  sent(atNs: number): boolean {
    if (this.#isOpen) this.#untilNs = atNs + ANSWER_NS;
    const isAnswer = this.isAwaited(atNs);
    this.#isOpen = false;
    this.#sentNs = atNs;
    this.#wasAnswer = isAnswer;
    if (isAnswer) this.#answeredNs = atNs;
    return isAnswer;
  }

  /** Whether it would be one. */
  isAwaited(atNs: number): boolean {
    return this.#isOpen || atNs < this.#untilNs;
  }
}

/**
 * Until when what each target passes on to others, as a broker does, is done for who has asked it, on whatever connection.
 */
export class LastQuestions {
  readonly #untilNs: Map<string, number> = new Map();

  asked(target: string, untilNs: number): void {
    this.#untilNs.set(target, Math.max(untilNs, this.#untilNs.get(target) ?? untilNs));
  }

  isRecent(target: string, atNs: number): boolean {
    return atNs < (this.#untilNs.get(target) ?? atNs);
  }
}
