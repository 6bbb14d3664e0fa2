import { escapeControls } from '../parse/escape-controls.ts';
import {
  asObject,
  errorOf,
  type Json,
  numberOf,
  objectOf,
  saysSomething,
  type ServerTimings,
  timingsOf,
} from './chat-json.ts';

/**
 * How a request to a chat API ended. `whole`: a streamed answer from its first chunk to its end. `refused`: a status that is no 2xx.
 * `errorBody`: 2xx, and an error in the answer or in its stream. `notStreamed`: a whole answer at once, so that it has no first
 * token. `broken`: the stream ended before the answer did. `empty`: it ended in order, and said nothing. `foreign`: no answer of such an API.
 */
export type CompletionOutcome =
  | 'whole'
  | 'refused'
  | 'errorBody'
  | 'notStreamed'
  | 'broken'
  | 'empty'
  | 'foreign';

/** One answer; times in seconds from when the request was sent. Null: it did not come to that, or the server does not tell. */
export interface Completion {
  outcome: CompletionOutcome;
  /** What went wrong, in words. */
  problem: string | null;
  /** The first chunk with choices, be it empty. */
  firstChunkSeconds: number | null;
  /** The first chunk that says something: text, reasoning, or a call of a tool. */
  ttftSeconds: number | null;
  /** The last one that does. */
  totalSeconds: number | null;
  /** All tokens came at once, so that the times between them are not those of the model. */
  cameAtOnce: boolean;
  /** Between chunks that say something. */
  gapsSeconds: number[];
  tokens: number | null;
  /** `chunks`: the server did not tell how many tokens there were; chunks are counted instead. */
  tokensAre: 'usage' | 'chunks';
  perTokenSeconds: number | null;
  tokensPerSecond: number | null;
  promptTokens: number | null;
  cachedTokens: number | null;
  finishReason: string | null;
  timings: ServerTimings | null;
}

const MAX_PROBLEM = 200;

/** Ten thousand tokens a second come out of a buffer: so little is between those that it takes several reads to get out. */
const AT_ONCE_SECONDS = 0.000_1;

/** Reads one streamed answer, event by event; pure: the times are brought in. */
export class CompletionReader {
  readonly #isQuoted: boolean;
  #firstChunk: number | null = null;
  #said: number[] = [];
  #isDone = false;
  #finishReason: string | null = null;
  #error: string | null = null;
  #malformed: string | null = null;
  #events = 0;
  #usage: Json | null = null;
  #timings: Json | null = null;

  /** @param isQuoted whether the server may be quoted: what was sent to it can stand in its own words, whole, in part or encoded */
  constructor(isQuoted = true) {
    this.#isQuoted = isQuoted;
  }

  /** One event of the stream: the text after `data:`. */
  take(atSeconds: number, data: string): void {
    if (this.#isDone) return;
    this.#events += 1;
    if (data.trim() === '[DONE]') {
      this.#isDone = true;
      return;
    }
    const chunk = objectOf(data);
    if (chunk === null) {
      this.#malformed ??= bounded(data);
      return;
    }
    this.#error ??= errorOf(chunk);
    this.#usage = asObject(chunk['usage']) ?? this.#usage;
    this.#timings = asObject(chunk['timings']) ?? this.#timings;
    // The chunk with the usage has none, or null.
    const choices = Array.isArray(chunk['choices']) ? chunk['choices'].map(asObject) : [];
    if (choices.length === 0) return;
    this.#firstChunk ??= atSeconds;
    if (choices.some((choice) => choice !== null && saysSomething(choice))) this.#said.push(atSeconds);
    for (const choice of choices) {
      const reason = choice?.['finish_reason'];
      if (typeof reason === 'string') this.#finishReason = reason;
    }
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * What came of it.
   * @param end how the connection ended: `closed` is before its time
   */
  finish(status: number, end: 'ended' | 'closed' | 'timeout', head: string): Completion {
    const { outcome, problem } = this.#judge(status, end, head);
    const [first = null] = this.#said;
    const last = this.#said.at(-1) ?? null;
    const told = numberOf(this.#usage?.['completion_tokens']);
    const tokens = told ?? (this.#said.length > 0 ? this.#said.length : null);
    const spread = first === null || last === null ? 0 : last - first;
    const between = Math.max(tokens ?? 0, this.#said.length) - 1;
    const cameAtOnce = between > 0 && spread / between < AT_ONCE_SECONDS;
    return {
      outcome,
      problem: problem === null ? null : bounded(problem),
      firstChunkSeconds: this.#firstChunk,
      ttftSeconds: first,
      totalSeconds: last,
      cameAtOnce,
      gapsSeconds: cameAtOnce ? [] : this.#said.slice(1).map((at, index) => at - (this.#said[index] ?? at)),
      tokens,
      tokensAre: told === null ? 'chunks' : 'usage',
      perTokenSeconds: cameAtOnce || tokens === null || tokens < 2 ? null : spread / (tokens - 1),
      tokensPerSecond: last === null || last <= 0 || tokens === null ? null : tokens / last,
      promptTokens: numberOf(this.#usage?.['prompt_tokens']),
      cachedTokens: numberOf(asObject(this.#usage?.['prompt_tokens_details'])?.['cached_tokens']),
      finishReason: this.#isQuoted ? this.#finishReason : null,
      timings: this.#timings === null ? null : timingsOf(this.#timings),
    };
  }

  #judge(
    status: number,
    end: 'ended' | 'closed' | 'timeout',
    head: string,
  ): { outcome: CompletionOutcome; problem: string | null } {
    const body = this.#events === 0 ? objectOf(head) : null;
    const told = this.#error ?? (body === null ? null : errorOf(body));
    if (status < 200 || status > 299)
      return { outcome: 'refused', problem: `status ${status}${told === null ? '' : this.#quote(told)}` };
    if (told !== null)
      return { outcome: 'errorBody', problem: `status ${status}, and an error${this.#quote(told)}` };
    if (end === 'timeout') return { outcome: 'broken', problem: 'it did not end in time' };
    if (end === 'closed')
      return { outcome: 'broken', problem: `the connection was closed after ${this.#said.length} chunks` };
    if (this.#malformed !== null)
      return { outcome: 'foreign', problem: `a chunk is no JSON object${this.#quote(this.#malformed)}` };
    if (body !== null && Array.isArray(body['choices']))
      return {
        outcome: 'notStreamed',
        problem: 'the whole answer came at once, although a stream was asked for',
      };
    if (this.#events === 0)
      return {
        outcome: 'foreign',
        problem: `it is no answer of a chat API${this.#quote(head.trim() || 'nothing')}`,
      };
    if (!this.#isDone && this.#finishReason === null)
      return {
        outcome: 'broken',
        problem: `the stream ended after ${this.#said.length} chunks, without an end`,
      };
    return this.#said.length === 0
      ? { outcome: 'empty', problem: 'the stream ended in order, and said nothing' }
      : { outcome: 'whole', problem: null };
  }

  #quote(text: string): string {
    return this.#isQuoted ? `: ${text}` : '';
  }
}

const bounded = (text: string): string =>
  escapeControls(text.length > MAX_PROBLEM ? `${text.slice(0, MAX_PROBLEM)}…` : text);
