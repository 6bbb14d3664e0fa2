import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpLoad, type HttpLoadPlan, loadHttp } from '../../../src/measure/http-load.ts';
import { startNginx } from '../../support/debian-programs.ts';
import { hasProgram, type Program, startPython } from '../../support/programs.ts';
import { type RawServer, startRawServer } from '../../support/raw-server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function server(answer: (socket: Socket, nth: number) => void): Promise<RawServer> {
  const started = await startRawServer(answer);
  stops.push(() => started.stop());
  return started;
}

const loadFor = (
  port: number,
  amount: HttpLoadPlan['amount'],
  { timeoutMs = 30_000, signal = new AbortController().signal } = {},
): Promise<HttpLoad> =>
  loadHttp(
    {
      url: `http://127.0.0.1:${port}/`,
      method: 'GET',
      headers: {},
      body: null,
      concurrency: 5,
      amount,
      timeoutMs,
    },
    signal,
  );

const load = (port: number, more: { requests?: number; timeoutMs?: number } = {}): Promise<HttpLoad> =>
  loadFor(port, { requests: more.requests ?? 200 }, more);

/** Every request has come to something, and only once. */
const fates = ({ statusCodes, timeouts, failures }: HttpLoad): number =>
  [...Object.values(statusCodes), ...Object.values(failures), timeouts].reduce((all, one) => all + one, 0);

describe('a load of 200 requests', () => {
  it.each([
    ['that keeps its connections', (socket: Socket) => socket.write(ok)],
    [
      'that says that it closes each connection',
      (socket: Socket) => socket.end(ok.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')),
    ],
    [
      'of HTTP/1.0 that ends answers with the connection',
      (socket: Socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nhello'),
    ],
  ])('on a server %s: all are answered, and none is sent in vain', async (_, answer) => {
    const { port, requests } = await server(answer);
    const found = await load(port);
    expect(found).toMatchObject({ statusCodes: { 200: 200 }, failures: {}, timeouts: 0, isCut: false });
    expect(found.latencySeconds).toHaveLength(200);
    expect(requests()).toBe(200);
  });

  it.each([
    ['closes without an answer', (socket: Socket) => socket.end(), 'closed'],
    [
      'closes after half an answer',
      (socket: Socket) => socket.end(ok.replace('Length: 2', 'Length: 200')),
      'closed',
    ],
    ['resets', (socket: Socket) => socket.resetAndDestroy(), 'ECONNRESET'],
  ])('on a server that at every 4th %s: those, and no others, failed', async (_, fail, reason) => {
    const { port } = await server((socket, nth) => (nth % 4 === 0 ? fail(socket) : socket.write(ok)));
    const found = await load(port);
    expect(found).toMatchObject({ statusCodes: { 200: 150 }, failures: { [reason]: 50 }, timeouts: 0 });
    expect(found.latencySeconds).toHaveLength(150);
  });

  it('on a server that says 500 now and then: the latency is that of the others', async () => {
    const { port } = await server((socket, nth) =>
      socket.write(nth % 4 === 0 ? ok.replace('200 OK', '500 No') : ok),
    );
    const found = await load(port);
    expect(found).toMatchObject({ statusCodes: { 200: 150, 500: 50 }, failures: {} });
    expect(found.latencySeconds).toHaveLength(150);
  });

  it('on a server that says nothing now and then: they run out of time', async () => {
    const { port } = await server((socket, nth) => nth % 50 !== 0 && socket.write(ok));
    const found = await load(port, { timeoutMs: 1_000 });
    expect(found.timeouts).toBeGreaterThanOrEqual(4);
    expect(fates(found)).toBe(200);
  });

  it('where nobody listens: all fail', async () => {
    const { port, stop } = await startRawServer(() => {});
    await stop();
    expect(await load(port, { requests: 20 })).toMatchObject({
      statusCodes: {},
      failures: { ECONNREFUSED: 20 },
    });
  });

  it.skipIf(!hasProgram('nginx'))('on nginx, beyond what it answers on one connection', async () => {
    const nginx: Program = await startNginx();
    stops.push(() => nginx.stop());
    const found = await load(nginx.port, { requests: 12_000 });
    expect(found).toMatchObject({ statusCodes: { 200: 12_000 }, failures: {}, timeouts: 0 });
  });

  it.skipIf(!hasProgram('python3'))('on the server of Python, which speaks HTTP/1.0', async () => {
    const python = await startPython(
      'import http.server; http.server.ThreadingHTTPServer(("127.0.0.1", {port}), http.server.SimpleHTTPRequestHandler).serve_forever()',
      true,
    );
    stops.push(() => python.stop());
    expect(await load(python.port)).toMatchObject({ statusCodes: { 200: 200 }, failures: {}, timeouts: 0 });
  });
});

describe('a load of some time', () => {
  /** Answers after so long, but not at all on these connections. */
  const answering = (afterMs: number, isSilent: (connection: number) => boolean): Promise<RawServer> => {
    const connections = new Map<Socket, number>();
    return server((socket) => {
      if (!connections.has(socket)) connections.set(socket, connections.size);
      if (!isSilent(connections.get(socket) ?? 0)) setTimeout(() => socket.write(ok), afterMs);
    });
  };

  it('knows a request that still waits when others were answered long ago: it has failed', async () => {
    const { port, requests } = await answering(10, (connection) => connection % 2 === 1);
    const found = await loadFor(port, { durationMs: 3_000 });
    expect(found).toMatchObject({ failures: { unanswered: 2 }, timeouts: 0, isCut: false });
    // The last of the other three are on their way when the time is over.
    expect(requests() - fates(found)).toBeLessThanOrEqual(3);
  });

  it('knows it where the others are answered slowly, after more than half of the time', async () => {
    const { port } = await answering(1_300, (connection) => connection % 2 === 1);
    const found = await loadFor(port, { durationMs: 2_000 });
    expect(found.failures['unanswered']).toBeGreaterThanOrEqual(2);
  });

  it('knows it in half a second, too', async () => {
    const { port } = await answering(10, (connection) => connection % 2 === 1);
    const found = await loadFor(port, { durationMs: 500 });
    expect(found.failures['unanswered']).toBeGreaterThanOrEqual(2);
  });

  it('cuts off what takes no longer than what was answered, and calls it nothing', async () => {
    const { port } = await answering(400, () => false);
    const found = await loadFor(port, { durationMs: 1_000 });
    expect(Object.keys(found.statusCodes)).toEqual(['200']);
    expect(found.failures).toEqual({});
  });

  it('counts all that wait where none was answered', async () => {
    const { port } = await answering(0, () => true);
    expect(await loadFor(port, { durationMs: 200 })).toMatchObject({
      statusCodes: {},
      failures: { unanswered: 5 },
    });
  });
});
