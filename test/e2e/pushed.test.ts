import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { ruleOf } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { checkMidway, type Midway, stopped } from '../support/midway.ts';
import { hasProgram, type Program, startProgram } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { until } from '../support/until.ts';

/** Takes one client, as a page that is open does; answers each line, and sends something of its own every two seconds if it is told to. */
const SERVER = `
import select, socket, sys
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
client, _ = server.accept()
while True:
    if select.select([client], [], [], 2)[0]:
        line = client.recv(100)
        if not line: break
        if line != b'ack\\n': client.sendall(b'data: answer\\n\\n')
    elif sys.argv[2] == 'push': client.sendall(b'data: tick\\n\\n')
`;

/** Answers who connects first; sends each word on to who connects second (relay), or something of its own every two seconds (push). */
const BROKER = `
import select, socket, sys, time
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
asking, _ = server.accept()
listening, _ = server.accept()
due = time.monotonic() + 2
while True:
    wait = max(0, due - time.monotonic()) if sys.argv[2] == 'push' else None
    if select.select([asking], [], [], wait)[0]:
        if not asking.recv(100): break
        if sys.argv[2] == 'relay': listening.sendall(b'message\\n')
        asking.sendall(b'taken\\n')
    else:
        listening.sendall(b'tick\\n')
        due += 2
`;

/** Hands more to the kernel than a client takes that does not read, and does nothing ever after. */
const QUEUING = `
import socket, sys, time
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
client, _ = server.accept()
client.setblocking(False)
try:
    while True: client.send(b'x' * 65536)
except BlockingIOError: pass
open('queued', 'w').close()
time.sleep(1000)
`;

const RUNNABLE = hasTrace() && hasProgram('python3');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-pushed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server, with a client that has asked once. */
async function conversation(kind: 'push' | 'answer', test: TestContext): Promise<[Program, Socket]> {
  const server = await stopped(
    startProgram((_, port) => ['python3', '-c', SERVER, `${port}`, kind]),
    test,
  );
  const client = connect(server.port, '127.0.0.1').resume();
  test.onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  client.write('GET\n');
  await once(client, 'data');
  return [server, client];
}

/** A broker, to one of whose clients another one speaks before a second has passed since its last answer. */
async function brokered(kind: 'relay' | 'push', test: TestContext): Promise<Program> {
  const broker = await stopped(
    startProgram((_, port) => ['python3', '-c', BROKER, `${port}`, kind]),
    test,
  );
  const [asking, listening] = [connect(broker.port, '127.0.0.1'), connect(broker.port, '127.0.0.1')];
  for (const client of [asking, listening]) {
    client.resume();
    test.onTestFinished(() => void client.destroy());
  }
  const speaking = setInterval(() => asking.write('news\n'), 600);
  test.onTestFinished(() => clearInterval(speaking));
  await once(asking, 'data');
  return broker;
}

const networkOf = ({ proof }: Midway): [string, string | null] => {
  const { verdict, reason } = ruleOf(proof, 'network-activity');
  return [verdict, reason];
};

describe.skipIf(!RUNNABLE).concurrent('what a server sends to who is connected', () => {
  it('is its own doing where nobody asks', async (test) => {
    const [server] = await conversation('push', test);
    const [verdict, reason] = networkOf(await checkMidway(server.pid, folder, async () => {}));
    expect(verdict).toBe('fail');
    expect(reason).toMatch(/sent to 127\.0\.0\.1:\d+ \(\w+\), \d times/);
  });

  it('is so too where each is acknowledged, as heartbeats are', async (test) => {
    const [server, client] = await conversation('push', test);
    client.on('data', (data: Buffer) => {
      if (data.includes('tick')) client.write('ack\n');
    });
    expect(networkOf(await checkMidway(server.pid, folder, async () => {}))[0]).toBe('fail');
  });

  it('is told when it leaves, not only when it was handed to the kernel', async (test) => {
    const server = await stopped(
      startProgram((_, port) => ['python3', '-c', QUEUING, `${port}`]),
      test,
    );
    const client = connect(server.port, '127.0.0.1').pause();
    test.onTestFinished(() => void client.destroy());
    await until(() => existsSync(join(server.folder, 'queued')));
    const midway = await checkMidway(server.pid, folder, async () => void client.resume());
    const [verdict, reason] = networkOf(midway);
    expect(verdict).toBe('fail');
    expect(reason).toMatch(/sent to 127\.0\.0\.1:\d+ .*, [\d,]+ bytes/);
  });

  it('is done for another client where that has spoken, however often it does', async (test) => {
    const broker = await brokered('relay', test);
    const midway = await checkMidway(broker.pid, folder, async () => {});
    expectLookedAt(test, midway.proof);
    expect(networkOf(midway)).toEqual(['pass', null]);
  });

  it('is its own doing where another client speaks at other times', async (test) => {
    const broker = await brokered('push', test);
    expect(networkOf(await checkMidway(broker.pid, folder, async () => {}))[0]).toBe('fail');
  });

  it('is an answer where somebody has asked', async (test) => {
    const [server, client] = await conversation('answer', test);
    const midway = await checkMidway(server.pid, folder, async () => {
      client.write('GET\n');
      await once(client, 'data');
    });
    expect(networkOf(midway)).toEqual(['pass', null]);
    expect(ruleOf(midway.proof, 'network-inbound').verdict).toBe('fail');
  });
});
