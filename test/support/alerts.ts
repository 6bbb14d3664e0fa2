import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AlertDocument } from '../../src/render/alert.ts';
import type { Alert } from '../../src/model/alert.ts';

const START_MS = Date.UTC(2026, 0, 5, 2);

/** An alert as a comparison makes it. */
export const alertOf = (key: string, more: Partial<Alert> = {}): Alert => ({
  key,
  severity: 'error',
  target: 'backend',
  ruleId: 'network-activity',
  windowId: 'nightly',
  status: 'firing',
  repeat: 0,
  title: `network-activity: ${key}`,
  text: 'python3 connected to 203.0.113.7:443',
  firstSeenMs: START_MS,
  atMs: START_MS + 3_600_000,
  proofFolder: null,
  ...more,
});

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real HTTP server that keeps what it is sent, and can be down, on the same port. */
export class Receiver {
  received: Received[] = [];
  /** What it answers; it keeps only what it accepts. */
  answer: (request: Received) => number = () => 200;
  /** While set it takes the request and never answers. */
  isSilent = false;
  #server: Server | null = null;
  #port = 0;

  async up(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (this.isSilent) return;
        const body = Buffer.concat(chunks).toString();
        const one = { path: request.url ?? '', headers: request.headers, body };
        const status = this.answer(one);
        if (status < 300) this.received.push(one);
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('a body');
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  /** `key status` of every alert in every notice, in order. */
  get told(): string[] {
    return this.documents.flatMap(({ alerts }) => alerts.map(({ key, status }) => `${key} ${status}`));
  }

  get documents(): AlertDocument[] {
    return this.received.map(({ body }) => JSON.parse(body) as AlertDocument);
  }
}
