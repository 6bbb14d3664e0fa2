import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** How much one client may cost; the daemon has others to watch. */
export interface HttpLimits {
  /** From the connection, or the request, to the end of the answer. */
  connectionMs: number;
  /** How long a connection may wait for its next request; 0: one request a connection. */
  keepAliveMs: number;
  connections: number;
  headerBytes: number;
  bodyBytes: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connectionMs: 10_000,
  keepAliveMs: 0,
  connections: 16,
  headerBytes: 8_192,
  bodyBytes: 4_096,
};

/** Node looks for slow requests by an interval, which would wake an idle daemon; each connection has one deadline instead. */
const NEVER_MS = 2 ** 31 - 1;

/** A server that answers within bounds. */
export function boundedServer(listener: RequestListener, limits: HttpLimits): Server {
  const deadlines = new WeakMap<Socket, (ms: number) => void>();
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: 0,
      requestTimeout: 0,
      connectionsCheckingInterval: NEVER_MS,
    },
    (request, response) => {
      if (limits.keepAliveMs === 0) response.shouldKeepAlive = false;
      deadlines.get(request.socket)?.(limits.connectionMs);
      response.once('finish', () =>
        deadlines.get(request.socket)?.(limits.keepAliveMs + limits.connectionMs),
      );
      listener(request, response);
    },
  );
  server.keepAliveTimeout = limits.keepAliveMs;
  server.maxConnections = limits.connections;
  server.maxHeadersCount = 50;
  server.on('connection', (socket) => {
    let timer: NodeJS.Timeout;
    const setDeadline = (ms: number): void => {
      clearTimeout(timer);
      if (!socket.destroyed) timer = setTimeout(() => socket.destroy(), ms);
    };
    setDeadline(limits.connectionMs);
    deadlines.set(socket, setDeadline);
    socket.once('close', () => clearTimeout(timer));
  });
  return server;
}

/** Reads a body to its end and forgets it; false where it is larger than it may be. */
export function drained(request: IncomingMessage, bodyBytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyBytes) resolve(false);
    });
    request.once('end', () => resolve(true));
    request.once('close', () => resolve(false));
  });
}

/** Takes no more connections, ends those that there are, and resolves when all are gone. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
