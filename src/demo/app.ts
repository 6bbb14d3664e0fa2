/**
 * The bundled demo app: a small chat server that is perfectly still while nobody asks.
 *
 *   app --database FILE [--port N] [--heartbeat PORT] [--model-bytes N --unload-after MS] [--leave-behind]
 *
 * `--heartbeat` turns on the background agent, which reports to that port of 127.0.0.1; `--model-bytes` a model that
 * is loaded at the first chat; `--leave-behind` starts a helper that outlives the app. Prints one line of JSON when it
 * is ready: {"pid":…,"port":…}.
 */
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { startAgent } from './agent.ts';
import { spawn } from 'node:child_process';
import { lazyModel } from './lazy-model.ts';
import { createApp } from './server.ts';
import { openStore } from './store.ts';

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'demo.db' },
    port: { type: 'string', default: '0' },
    heartbeat: { type: 'string' },
    'model-bytes': { type: 'string' },
    'unload-after': { type: 'string', default: '3000' },
    'leave-behind': { type: 'boolean', default: false },
  },
});

const store = openStore(values.database);
const bytes = values['model-bytes'];
const model = bytes === undefined ? null : lazyModel(Number(bytes), Number(values['unload-after']));
const server = createApp(store, model);
const agent = values.heartbeat === undefined ? null : startAgent(store, Number(values.heartbeat));

if (values['leave-behind']) spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref();

server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ pid: process.pid, port })}\n`);
});

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await agent?.stop();
  await model?.stop();
  store.close();
  process.exit(0);
}

process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
