import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Completion } from '../../../src/core/measure/completion.ts';
import { askOnce } from '../../../src/measure/chat-completion.ts';
import { startRawServer } from '../../support/raw-server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const CLOSED = `${STREAM}Connection: close\r\n\r\n`;
const json = (status: string, body: object): string => {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
};
const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, ...more }] })}\n\n`;

async function ask(answer: (socket: Socket) => void, timeoutMs = 30_000): Promise<Completion> {
  const server = await startRawServer(answer);
  stops.push(() => server.stop());
  const url = `http://127.0.0.1:${server.port}/v1/chat/completions`;
  return askOnce({ url, headers: {}, body: '{}', timeoutMs }, new AbortController().signal);
}

describe('an answer of a chat API', () => {
  it('is followed chunk by chunk, with comments, split events and a last chunk of usage', async () => {
    // One after the other: timers that are late would all come at once, and what was sent would come in one piece.
    const say = async (socket: Socket): Promise<void> => {
      socket.write(`${CLOSED}: keep-alive\n\n${chunk({ role: 'assistant', content: '' })}`);
      await sleep(40);
      socket.write(chunk({ content: 'Hel' }).slice(0, 20));
      await sleep(20);
      socket.write(chunk({ content: 'Hel' }).slice(20));
      await sleep(40);
      socket.write(chunk({ content: 'lo' }) + chunk({}, { finish_reason: 'stop' }));
      socket.end(
        `data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5},"timings":{"prompt_ms":30,"cache_n":3}}\n\ndata: [DONE]\n\n`,
      );
    };
    const found = await ask((socket) => void say(socket));
    expect(found).toMatchObject({
      outcome: 'whole',
      problem: null,
      tokens: 5,
      tokensAre: 'usage',
      promptTokens: 7,
      finishReason: 'stop',
      timings: { promptSeconds: 0.03, cachedTokens: 3, predictedSeconds: null },
    });
    const { firstChunkSeconds, ttftSeconds, totalSeconds, perTokenSeconds } = found;
    expect(firstChunkSeconds).toBeLessThan(ttftSeconds ?? 0);
    // The event is there when its end is.
    expect(ttftSeconds).toBeGreaterThan(0.055);
    expect(perTokenSeconds).toBeCloseTo(((totalSeconds ?? 0) - (ttftSeconds ?? 0)) / 4, 9);
    expect(found.gapsSeconds).toHaveLength(1);
  });

  it.each([
    ['of two chunks, in one piece', 2],
    ['of more than is read at once', 2_000],
  ])('%s has no time between its tokens', async (_, chunks) => {
    const said = Array.from({ length: chunks }, () => chunk({ content: 'word '.repeat(20) })).join('');
    const found = await ask((socket) => socket.end(`${CLOSED}${said}data: [DONE]\n\n`));
    expect(found).toMatchObject({ outcome: 'whole', tokens: chunks, cameAtOnce: true });
    expect(found).toMatchObject({ perTokenSeconds: null, gapsSeconds: [] });
  });

  it('of many tokens in one chunk has none, either', async () => {
    const usage = 'data: {"choices":[],"usage":{"completion_tokens":50}}\n\n';
    const found = await ask((socket) =>
      socket.end(`${CLOSED}${chunk({ content: 'all' })}${usage}data: [DONE]\n\n`),
    );
    expect(found).toMatchObject({ tokens: 50, cameAtOnce: true, perTokenSeconds: null });
  });

  it.each([
    ['reasoning', { reasoning: 'Hm' }],
    ['reasoning under its other name', { reasoning_content: 'Hm' }],
    ['a call of a tool', { tool_calls: [{ index: 0 }] }],
  ])('begins with %s, too', async (_, delta) => {
    const found = await ask((socket) => socket.end(`${CLOSED}${chunk(delta)}data: [DONE]\n\n`));
    expect(found).toMatchObject({ outcome: 'whole', tokens: 1, tokensAre: 'chunks', perTokenSeconds: null });
  });

  it.each([
    [
      'of a status',
      json('404 Not Found', { error: { message: 'no such model' } }),
      'refused',
      'no such model',
    ],
    ['with an error instead', json('200 OK', { error: 'out of memory' }), 'errorBody', 'out of memory'],
    [
      'with an error in its stream',
      `${CLOSED}${chunk({ content: 'a' })}data: {"error":{"message":"slot"}}\n\n`,
      'errorBody',
      'slot',
    ],
    [
      'that comes at once',
      json('200 OK', { choices: [{ message: { content: 'Hello' } }] }),
      'notStreamed',
      'at once',
    ],
    ['without an end', `${CLOSED}${chunk({ content: 'a' })}`, 'broken', 'without an end'],
    [
      'cut by the connection',
      `${STREAM}Transfer-Encoding: chunked\r\n\r\nfff\r\n${chunk({ content: 'a' })}`,
      'broken',
      'closed after 1 chunks',
    ],
    ['that says nothing', `${CLOSED}${chunk({ content: '' })}data: [DONE]\n\n`, 'empty', 'said nothing'],
    ['that is none', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html', 'foreign', '<html'],
    ['with rubbish in it', `${CLOSED}data: {"choices\n\ndata: [DONE]\n\n`, 'foreign', 'no JSON object'],
  ])('%s is told apart', async (_, text, outcome, problem) => {
    const found = await ask((socket) => socket.end(text));
    expect(found).toMatchObject({ outcome });
    expect(found.problem).toContain(problem);
  });

  it('that never comes, or never ends, runs out of time', async () => {
    const silent = await ask(() => {}, 200);
    expect(silent).toMatchObject({ outcome: 'broken', ttftSeconds: null });
    const endless = await ask((socket) => socket.write(`${CLOSED}${chunk({ content: 'a' })}`), 3_000);
    expect(endless).toMatchObject({ outcome: 'broken', problem: 'it did not end in time' });
  });
});
