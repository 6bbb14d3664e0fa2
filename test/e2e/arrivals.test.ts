import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { ruleOf } from '../support/cli.ts';
import { checkMidway, stopped } from '../support/midway.ts';
import { hasProgram, type Program, startProgram } from '../support/programs.ts';
import { startRawServer } from '../support/raw-server.ts';
import { hasTrace } from '../support/tracing.ts';

/** Looks at its clock ten times a second, so that it runs, and accepts nobody. */
const SERVER = `
import socket, sys, time
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    time.sleep(0.1)
`;

const RUNNABLE = hasTrace() && hasProgram('python3');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-arrivals-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const startServer = (test: TestContext): Promise<Program> =>
  stopped(
    startProgram((_, port) => ['python3', '-c', SERVER, `${port}`]),
    test,
  );

async function call(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

describe.skipIf(!RUNNABLE).concurrent('connections that come while a program listens', () => {
  it('are nothing of its own where they come to the ports of others', async (test) => {
    const server = await startServer(test);
    const other = await startRawServer(() => {});
    test.onTestFinished(() => other.stop());
    const { proof } = await checkMidway(server.pid, folder, async () => {
      for (let nth = 0; nth < 3; nth += 1) (await call(other.port)).destroy();
    });
    const rule = ruleOf(proof, 'network-inbound');
    expect([rule.verdict, rule.tier, rule.reason]).toEqual(['pass', 'zero-miss', null]);
  });

  it('may be its own where nobody touches them, and they are gone before anybody looks', async (test) => {
    const server = await startServer(test);
    const { proof } = await checkMidway(server.pid, folder, async () => {
      (await call(server.port)).resetAndDestroy();
    });
    const rule = ruleOf(proof, 'network-inbound');
    expect(rule.verdict).toBe('inconclusive');
    expect(rule.reason).toMatch(/^1 connection came to ports at which targets listen/);
  });
});
