import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuleResult } from '../../src/model/proof.ts';
import { check, ruleOf } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { freePort } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';

/** A server that hands each question to its child over a Unix socket, and the answer back. A child may have a timer. */
const SERVER = `
const [, , role, port, everyMs] = process.argv;
if (role === 'child') {
  process.on('message', (question) => process.send(question));
  if (Number(everyMs) > 0) setInterval(() => {}, Number(everyMs));
} else {
  const child = require('node:child_process').fork(__filename, ['child', port, everyMs]);
  require('node:net').createServer((socket) => {
    socket.on('error', () => {}).on('data', (question) => child.send(String(question)));
    child.on('message', (answer) => socket.write(answer));
  }).listen(Number(port), '127.0.0.1');
}
`;

/** Not a beat of the server: it is asked so often. */
const ASKED_EVERY_MS = 700;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-asked-children-'));
  writeFileSync(join(folder, 'server.cjs'), SERVER);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Asks on a beat for as long as it is not stopped; counts the answers. */
async function ask(port: number): Promise<{ answers: () => number; stop: () => void }> {
  let socket: Socket | null = null;
  while (socket === null) {
    const attempt = connect(port, '127.0.0.1');
    socket = await new Promise<Socket | null>((resolve) => {
      attempt.once('connect', () => resolve(attempt)).once('error', () => resolve(null));
    });
    if (socket === null) await sleep(50);
  }
  let answers = 0;
  socket.on('error', () => {}).on('data', () => (answers += 1));
  const asking = setInterval(() => socket.write('?'), ASKED_EVERY_MS);
  return {
    answers: () => answers,
    stop: () => {
      clearInterval(asking);
      socket.destroy();
    },
  };
}

describe.skipIf(!hasTrace()).concurrent('a child that is handed what others ask its parent', () => {
  const judged = async (test: Parameters<typeof expectLookedAt>[0], everyMs: number): Promise<RuleResult> => {
    const port = await freePort();
    const app = [process.execPath, join(folder, 'server.cjs'), 'parent', String(port), String(everyMs)];
    const options = [
      '--for',
      '14s',
      '--settle',
      '2s',
      '--rules',
      'no-polling',
      '--out',
      join(folder, `${port}`),
    ];
    const checking = check([...options, '--', ...app]);
    const asker = await ask(port);
    const { proof } = await checking;
    asker.stop();
    expectLookedAt(test, proof);
    expect(asker.answers()).toBeGreaterThan(10);
    return ruleOf(proof, 'periodic-wakes');
  };

  it('is not accused of their beat', async (test) => {
    const { verdict, reason, findings } = await judged(test, 0);
    expect({ verdict, reason, findings }).toMatchObject({ verdict: 'pass', findings: [] });
  });

  it('is accused of a timer of its own, and nobody else is', async (test) => {
    const { verdict, findings } = await judged(test, 450);
    expect(verdict).toBe('fail');
    const actors = findings.flatMap((finding) => finding.actors.map(({ cmdline }) => cmdline));
    for (const cmdline of actors) expect(cmdline).toContain('server.cjs child');
    const periods = findings.map(({ period }) => period?.seconds ?? 0);
    expect(periods.some((seconds) => Math.abs(seconds / 0.45 - 1) < 0.05)).toBe(true);
  });
});
