/** A language model for the demo: it knows one answer, and says it word by word. */
import { setTimeout as sleep } from 'node:timers/promises';

export const MODEL = 'demo-1';

const WORD_MS = 20;

/** An answer word by word, as slowly as a model would. */
export async function* generate(prompt: string): AsyncGenerator<string> {
  const answer = `You said: ${prompt.slice(0, 200)}. I have nothing to add.`;
  for (const word of answer.split(/(?<= )/)) {
    await sleep(WORD_MS);
    yield word;
  }
}

/** The same answer, whole. */
export async function generateAll(prompt: string): Promise<string> {
  let answer = '';
  for await (const word of generate(prompt)) answer += word;
  return answer;
}

/** Tokens are words here. */
export const countTokens = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;
