import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { createParser } from 'eventsource-parser';
import { type Completion, CompletionReader } from '../core/measure/completion.ts';

export interface CompletionRequest {
  url: string;
  headers: Record<string, string>;
  /** As JSON. */
  body: string;
  timeoutMs: number;
  /** Its headers hold a secret, so that nothing is told of what the server says in its own words. */
  isSecret?: boolean;
}

/** Of an answer that is no stream, so much is read to say what it is. */
const HEAD_BYTES = 64 * 1024;
/** One event of a stream is not larger. */
const EVENT_BYTES = 16 * 1024 * 1024;

/**
 * Asks a chat API once, on a connection of its own, and follows the answer chunk by chunk. Times count from before the
 * connection is made. Rejects where nobody answers; an answer of whatever kind is none of its errors.
 */
export function askOnce(
  { url, headers, body, timeoutMs, isSecret = false }: CompletionRequest,
  signal: AbortSignal,
): Promise<Completion> {
  return new Promise((resolve, reject) => {
    const reader = new CompletionReader(!isSecret);
    const startMs = performance.now();
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const request: ClientRequest = send(url, {
      method: 'POST',
      agent: false,
      signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      request.destroy(new Error('timeout'));
    }, timeoutMs);
    const settle = (completion: Completion): void => {
      clearTimeout(timer);
      resolve(completion);
      request.destroy();
    };
    // All that one read brings has come at once, however long it takes to go through.
    let readSeconds = 0;
    request.on('socket', (socket) =>
      socket.prependListener('data', () => {
        readSeconds = (performance.now() - startMs) / 1000;
      }),
    );
    request.on('response', (response) => {
      const finish = followAnswer(response, reader, () => readSeconds);
      response.on('end', () => settle(finish('ended')));
      response.on('close', () => settle(finish(isLate ? 'timeout' : 'closed')));
      response.on('error', () => {});
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      if (isLate) resolve(reader.finish(200, 'timeout', ''));
      else reject(error);
    });
    request.end(body);
  });
}

/** Feeds what comes to the reader, with the time of the read that brought it; returns how to end it. */
function followAnswer(
  response: IncomingMessage,
  reader: CompletionReader,
  readSeconds: () => number,
): (end: 'ended' | 'closed' | 'timeout') => Completion {
  let head = '';
  const parser = createParser({
    maxBufferSize: EVENT_BYTES,
    onEvent: ({ data }) => reader.take(readSeconds(), data),
  });
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    if (head.length < HEAD_BYTES) head += text.slice(0, HEAD_BYTES - head.length);
    try {
      parser.feed(text);
    } catch {
      // An event without an end: what was read before is judged.
      response.destroy();
    }
  });
  // After the end of the answer it does not matter how the connection ends.
  return (end) => reader.finish(response.statusCode ?? 0, reader.isDone ? 'ended' : end, head);
}
