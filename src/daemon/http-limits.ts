import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';

/** How much one client may cost; the daemon has others to watch. */
export interface HttpLimits {
  /** From the connection to the end of the answer. */
  connectionMs: number;
  connections: number;
  headerBytes: number;
  bodyBytes: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connectionMs: 10_000,
  connections: 16,
  headerBytes: 8_192,
  bodyBytes: 4_096,
};

/** Node looks for slow requests by an interval, which would wake an idle daemon; each connection has one deadline instead. */
const NEVER_MS = 2 ** 31 - 1;

/** A server that answers one request a connection, within bounds. */
export function boundedServer(listener: RequestListener, limits: HttpLimits): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: 0,
      requestTimeout: 0,
      connectionsCheckingInterval: NEVER_MS,
      keepAlive: false,
    },
    (request, response) => {
      response.shouldKeepAlive = false;
      listener(request, response);
    },
  );
  server.maxConnections = limits.connections;
  server.maxHeadersCount = 50;
  server.on('connection', (socket) => {
    const deadline = setTimeout(() => socket.destroy(), limits.connectionMs);
    socket.once('close', () => clearTimeout(deadline));
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
