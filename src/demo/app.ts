/**
 * The bundled demo app: a small chat server that is perfectly still while nobody asks.
 *
 *   app --database FILE [--port N] [--heartbeat PORT]
 *
 * `--heartbeat` turns on the background agent, which reports to that port of 127.0.0.1. Prints one line of JSON when it
 * is ready: {"pid":…,"port":…}.
 */
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { startAgent } from './agent.ts';
import { createApp } from './server.ts';
import { openStore } from './store.ts';

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'demo.db' },
    port: { type: 'string', default: '0' },
    heartbeat: { type: 'string' },
  },
});

const store = openStore(values.database);
const server = createApp(store);
const agent = values.heartbeat === undefined ? null : startAgent(store, Number(values.heartbeat));

server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ pid: process.pid, port })}\n`);
});

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await agent?.stop();
  store.close();
  process.exit(0);
}

process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
