/* oxlint-disable no-underscore-dangle -- the names are those of autocannon */
import type { Client } from 'autocannon';

/** What became of requests that autocannon itself does not count. */
export interface LostRequests {
  /** The server closed the connection without a whole answer. */
  closed: number;
  /** Of each request that still waited when the run ended, for how long. */
  waitedMs: number[];
}

/**
 * Makes autocannon's clients (9.0) count right what servers do that close connections. Left alone they send the next request on a connection
 * of which the answer said that it ends, lose it, and take the time of the one after from there; an answer that ends with the
 * connection is lost, and after half an answer the parser reads the next one as its rest.
 */
export function mendClient(client: Client, lost: LostRequests): void {
  const proto = Object.getPrototypeOf(client) as Client;
  let isLast = false;
  let failed = false;
  let sentMs = 0;
  client.on('request', () => {
    sentMs = performance.now();
  });
  // Told before it gives up the request that is on its way.
  client.on('done', () => {
    if (client.pipelinedRequests.size() > 0) lost.waitedMs.push(performance.now() - sentMs);
  });
  client.on('connError', () => {
    failed = true;
  });
  client.on('headers', ({ shouldKeepAlive }: { shouldKeepAlive: boolean }) => {
    isLast = !shouldKeepAlive;
  });
  client._doRequest = () => {
    const isDone = client.responseMax !== undefined && client.reqsMade >= client.responseMax;
    if (!isLast || isDone || client.destroyed) return proto._doRequest.call(client);
    isLast = false;
    client._resetConnection();
  };
  client._connect = () => {
    if (client.conn !== undefined && client.pipelinedRequests.size() > 0) {
      const before = client.conn;
      // The answer may be one that ends with its connection; then the next request has a connection already.
      if (!failed) client.parser.finish();
      if (client.conn !== before || client.destroyed) return;
      if (!failed && client.pipelinedRequests.size() > 0) lost.closed += 1;
    }
    failed = false;
    isLast = false;
    client.pipelinedRequests.clear();
    client.parser.reinitialize(client.parser.type);
    proto._connect.call(client);
  };
}
