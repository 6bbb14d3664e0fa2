import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { healthOf } from '../../core/derive/daemon-health.ts';
import { parseLoopbackAddress } from '../../core/parse/loopback-address.ts';
import { IdleproofError } from '../../errors.ts';
import type { ControlHost } from '../../model/control-api.ts';
import { metricsOf } from '../../render/metrics.ts';
import { boundedServer, closeServer, HTTP_LIMITS, type HttpLimits } from '../http-limits.ts';
import { exposition } from './exposition.ts';

/** Answers scrapes until `close`. */
export interface MetricsServer {
  /** As given. */
  address: string;
  close(): Promise<void>;
}

/** A scraper keeps its connection, so that its scrapes do not show as new connections of the host all the time. */
const METRICS_LIMITS: HttpLimits = { ...HTTP_LIMITS, keepAliveMs: 180_000 };

/**
 * Tells `/metrics` and `/healthz` on a loopback address such as `127.0.0.1:9477`.
 * @throws IdleproofError where others could reach that address, or somebody has it already
 */
export async function startMetricsServer(
  address: string,
  host: Pick<ControlHost, 'status'>,
  limits: HttpLimits = METRICS_LIMITS,
): Promise<MetricsServer> {
  const where = parseLoopbackAddress(address);
  if ('problem' in where) throw new IdleproofError('METRICS_ADDRESS', { address, problem: where.problem });
  const server = boundedServer((request, response) => {
    // The answer is whole before it begins; what goes wrong is a fault of ours.
    respond(host, request, response).catch((error: unknown) => {
      send(response, 500, 'text/plain', `${(error as Error).message}\n`);
    });
  }, limits);
  await listen(server, address, where);
  return { address, close: () => closeServer(server) };
}

function listen(server: Server, address: string, where: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new IdleproofError('METRICS_LISTEN', { address, problem: error.message }, error));
    });
    server.once('listening', () => {
      server.on('error', () => {});
      resolve();
    });
    server.listen(where);
  });
}

async function respond(
  host: Pick<ControlHost, 'status'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (request.method !== 'GET') {
    response.setHeader('allow', 'GET');
    send(response, 405, 'text/plain', 'Ask by GET.\n');
  } else if (path === '/metrics') {
    const { text, contentType } = await exposition(metricsOf(host.status()));
    send(response, 200, contentType, text);
  } else if (path === '/healthz') {
    const health = healthOf(host.status());
    send(response, health.ok ? 200 : 503, 'application/json', `${JSON.stringify(health)}\n`);
  } else {
    send(response, 404, 'text/plain', 'There is /metrics and /healthz.\n');
  }
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
