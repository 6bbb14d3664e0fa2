/** The demo app's HTTP server: /health, /v1/chat/completions and /chat. It has no timers of its own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type CompletionRequest, complete } from './completions.ts';
import { generateAll, MODEL } from './model.ts';
import type { LazyModel } from './lazy-model.ts';
import type { EventStore } from './store.ts';

const BODY_BYTES = 1024 * 1024;
/** Node looks for stale connections every 30 s, which would wake an idle app: the longest interval there is, 24 days. */
const NEVER_MS = 2 ** 31 - 1;

/** The app over HTTP: a page, a health check and a chat API. `model`: null where it has none. */
export function createApp(store: EventStore, model: LazyModel | null): Server {
  return createServer({ connectionsCheckingInterval: NEVER_MS }, (request, response) => {
    route({ store, model }, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.statusCode = error instanceof SyntaxError ? 400 : 500;
      response.end(`${String(error)}\n`);
    });
  });
}

interface Parts {
  store: EventStore;
  model: LazyModel | null;
}

async function route(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /health':
      return sendJson(response, { status: 'ok' });
    case 'POST /v1/chat/completions':
      return complete(await readJson<CompletionRequest>(request), response);
    case 'POST /chat':
      return sendJson(response, await chat(parts, await readJson<{ message?: string }>(request)));
    default:
      response.statusCode = 404;
      return sendJson(response, { error: 'not found' });
  }
}

/** A user asked, so the model is asked and a tool is run: with each written down, in that order. */
async function chat({ store, model }: Parts, { message = '' }: { message?: string }): Promise<object> {
  store.add('user_message', { message });
  store.add('llm_request', { model: MODEL });
  await model?.use();
  const reply = await generateAll(message);
  store.add('tool_run', { tool: 'word_count', result: reply.split(' ').length });
  return { reply };
}

function sendJson(response: ServerResponse, value: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

async function readJson<T extends object>(request: IncomingMessage): Promise<T> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk as string;
    if (body.length > BODY_BYTES) throw new SyntaxError('the body is too large');
  }
  const value: unknown = JSON.parse(body);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('the body is no JSON object');
  return value as T;
}
