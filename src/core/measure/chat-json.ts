/** An object of a chat API's JSON, whoever wrote it. */
export type Json = Record<string, unknown>;

/** Of llama.cpp's server, beside the answer. */
export interface ServerTimings {
  promptTokens: number | null;
  promptSeconds: number | null;
  predictedTokens: number | null;
  predictedSeconds: number | null;
  /** Of the prompt's tokens, those that it did not have to read again. */
  cachedTokens: number | null;
}

/** Text, reasoning (two names are in use) or a call of a tool; `text` is that of the older API. */
export function saysSomething(choice: Json): boolean {
  const delta = asObject(choice['delta']) ?? {};
  const texts = [delta['content'], delta['reasoning'], delta['reasoning_content'], choice['text']];
  if (texts.some((text) => typeof text === 'string' && text !== '')) return true;
  return Array.isArray(delta['tool_calls']) && delta['tool_calls'].length > 0;
}

/** What an answer or a chunk says went wrong; null: nothing. */
export function errorOf(value: Json): string | null {
  const { error } = value;
  if (error === undefined || error === null) return null;
  const message = asObject(error)?.['message'];
  if (typeof message === 'string') return message;
  return typeof error === 'string' ? error : JSON.stringify(error);
}

/** The times that a server tells of its own work. */
export function timingsOf(timings: Json): ServerTimings {
  const seconds = (name: string): number | null => {
    const ms = numberOf(timings[name]);
    return ms === null ? null : ms / 1000;
  };
  return {
    promptTokens: numberOf(timings['prompt_n']),
    promptSeconds: seconds('prompt_ms'),
    predictedTokens: numberOf(timings['predicted_n']),
    predictedSeconds: seconds('predicted_ms'),
    cachedTokens: numberOf(timings['cache_n']),
  };
}

/** The object that a text holds; null: it holds none. */
export function objectOf(text: string): Json | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

/** null: it is none. */
export const asObject = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

/** A number from 0 on; null: it is none. */
export const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
