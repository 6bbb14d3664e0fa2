/** POST /v1/chat/completions in the form that OpenAI's clients speak, whole or as server-sent events. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { countTokens, generate, MODEL } from './model.ts';

export interface CompletionRequest {
  messages?: { role: string; content: string }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
}

/** Answers one request of the chat API, whole or as a stream of events. */
export async function complete(request: CompletionRequest, response: ServerResponse): Promise<void> {
  const prompt = request.messages?.at(-1)?.content ?? '';
  const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: MODEL };
  const answer: string[] = [];
  const usage = () => {
    const [asked, answered] = [countTokens(prompt), countTokens(answer.join(''))];
    return { prompt_tokens: asked, completion_tokens: answered, total_tokens: asked + answered };
  };

  if (request.stream !== true) {
    for await (const word of generate(prompt)) answer.push(word);
    const message = { role: 'assistant', content: answer.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage: usage() }));
    return;
  }

  const send = (fields: object): void => {
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`);
  };
  const sendDelta = (delta: object, reason: string | null = null): void => {
    send({ choices: [{ index: 0, delta, finish_reason: reason }] });
  };
  response.setHeader('content-type', 'text/event-stream');
  sendDelta({ role: 'assistant', content: '' });
  for await (const word of generate(prompt)) {
    if (response.destroyed) return;
    answer.push(word);
    sendDelta({ content: word });
  }
  sendDelta({}, 'stop');
  if (request.stream_options?.include_usage === true) send({ choices: [], usage: usage() });
  response.end('data: [DONE]\n\n');
}
