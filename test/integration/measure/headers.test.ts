import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HttpSpec, TtftSpec } from '../../../src/core/measure/probe-spec.ts';
import { IdleproofError } from '../../../src/errors.ts';
import { usingProbe } from '../../../src/session/measure/probe-of.ts';

const VARIABLE = 'IDLEPROOF_TEST_TOKEN';
const SECRET = 's3cret-of-the-test';

let server: Server;
let heard: Set<string | undefined>;
let spec: HttpSpec;

beforeEach(async () => {
  heard = new Set();
  server = createServer((request, response) => {
    heard.add(request.headers.authorization);
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  spec = {
    kind: 'http',
    url: `http://127.0.0.1:${port}/`,
    method: 'GET',
    headers: { authorization: `Bearer \${${VARIABLE}}` },
    body: null,
    concurrency: 1,
    amount: { requests: 3 },
    timeoutMs: 60_000,
  };
});
afterEach(() => {
  Reflect.deleteProperty(process.env, VARIABLE);
  server.closeAllConnections();
  server.close();
});

const measured = async (asked: HttpSpec | TtftSpec = spec) => {
  const told: string[] = [];
  const probe = await usingProbe(asked, { server: null, id: null });
  const probed = await probe({
    signal: new AbortController().signal,
    onProgress: () => {},
    announce: () => {},
    sample: () => {
      throw new Error('nobody is looked at');
    },
    note: (text) => told.push(text),
  });
  return JSON.stringify([probed, told]);
};

it('sends what the environment holds, and tells nobody', async () => {
  process.env[VARIABLE] = SECRET;
  expect(await measured()).not.toContain(SECRET);
  expect([...heard]).toEqual([`Bearer ${SECRET}`]);
  expect(JSON.stringify(spec)).not.toContain(SECRET);
});

it.each<(authorization: string) => string>([
  (sent) => JSON.stringify({ error: { message: `Incorrect API key provided: ${sent}` } }),
  (sent) => JSON.stringify({ error: Buffer.from(sent).toString('hex') }),
  (sent) => `data: {"error":"no quota for ${sent}"}\n\n`,
  (sent) => `data: ${sent}\n\n`,
  (sent) => sent,
])('tells nobody what a server repeats of it', async (answer) => {
  process.env[VARIABLE] = SECRET;
  server.removeAllListeners('request').on('request', (request, response) => {
    request.resume().on('end', () => response.end(answer(request.headers.authorization ?? '')));
  });
  const { url, headers, timeoutMs } = spec;
  const asked: TtftSpec = {
    kind: 'ttft',
    url,
    headers,
    timeoutMs,
    prompt: 'hello',
    model: null,
    maxTokens: 8,
    runs: 1,
    states: ['warm'],
  };
  const told = await measured(asked).catch((error: unknown) =>
    error instanceof IdleproofError ? `${error.code} ${error.message}` : '',
  );
  expect(told).toContain('MEASURE_ANSWER');
  expect(told).not.toContain(SECRET);
  expect(told).not.toContain(Buffer.from(SECRET).toString('hex'));
});

it('sends nothing where that is not set', async () => {
  await expect(measured()).rejects.toMatchObject({ code: 'MEASURE_HEADER' });
  expect(heard.size).toBe(0);
});
