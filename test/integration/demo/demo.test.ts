import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Demo, runDemo } from './run-demo.ts';

let folder: string;
let demo: Demo;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-demo-run-'));
});
afterEach(async () => {
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const post = (path: string, body: object | string): Promise<Response> =>
  fetch(`http://127.0.0.1:${demo.port}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { connection: 'close' },
  });
const rows = (): string[] =>
  execFileSync(
    'sqlite3',
    ['-readonly', demo.databasePath, 'SELECT type, created_at FROM events ORDER BY id'],
    {
      encoding: 'utf8',
    },
  )
    .trim()
    .split('\n');
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

const cpuNs = (): number =>
  readdirSync(`/proc/${demo.pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${demo.pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, ns) => sum + ns, 0);

describe('the quiet demo', () => {
  beforeEach(async () => {
    demo = await runDemo(folder, false);
  });

  it('answers, streams, and writes down a chat in order', async () => {
    const health = await fetch(`http://127.0.0.1:${demo.port}/health`, { headers: { connection: 'close' } });
    expect(await health.json()).toEqual({ status: 'ok' });
    expect(await (await post('/chat', { message: 'hello' })).json()).toMatchObject({
      reply: expect.stringContaining('hello'),
    });
    expect(
      rows()
        .slice(3)
        .map((row) => row.split('|')[0]),
    ).toEqual(['user_message', 'llm_request', 'tool_run']);
    expect(rows()[3]).toMatch(/\|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

    const messages = [{ role: 'user', content: 'one two' }];
    const whole = await (await post('/v1/chat/completions', { messages })).json();
    expect(whole).toMatchObject({ object: 'chat.completion', usage: { prompt_tokens: 2 } });

    const stream = await post('/v1/chat/completions', {
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const events = (await stream.text())
      .trim()
      .split('\n\n')
      .map((line) => line.replace(/^data: /, ''));
    expect(events.pop()).toBe('[DONE]');
    const chunks = events.map((event) => JSON.parse(event));
    expect(chunks.at(-1)).toMatchObject({
      object: 'chat.completion.chunk',
      choices: [],
      usage: { prompt_tokens: 2 },
    });
    expect(chunks.at(-2).choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toContain('one two');
  });

  it('says what is wrong with a request', async () => {
    expect((await post('/chat', '{')).status).toBe(400);
    expect((await post('/chat', 'null')).status).toBe(400);
    expect((await post('/nothing', {})).status).toBe(404);
  });

  it('uses no CPU at all while nobody asks', async (context) => {
    if (!existsSync('/proc/self/schedstat')) {
      console.log('skipped: this kernel keeps no schedstat');
      context.skip();
    }
    // Settled: nothing for three seconds, however long a busy machine takes to get there.
    let before = cpuNs();
    for (let stillSeconds = 0; stillSeconds < 3; stillSeconds += 1) {
      await sleep(1000);
      if (cpuNs() !== before) stillSeconds = -1;
      before = cpuNs();
    }
    await sleep(10_000);
    expect(cpuNs() - before).toBe(0);
  });

  it('ends when it is stopped, its database closed', async () => {
    await post('/chat', { message: 'hello' });
    expect(isAlive(demo.pid)).toBe(true);
    await demo.stop();
    expect(isAlive(demo.pid)).toBe(false);
    expect(readdirSync(folder)).toEqual(['demo.db']);
  });
});

describe('the demo with a background agent', () => {
  it('writes tool runs, keeps a heartbeat and starts children; stopping ends them all', async () => {
    const startedMs = Date.now();
    demo = await runDemo(folder, true);
    const seen = { heartbeats: 0, children: new Set<string>() };
    const isConnected = (): boolean => {
      const port = demo.heartbeatPort.toString(16).toUpperCase().padStart(4, '0');
      return new RegExp(`: \\w+:\\w+ 0100007F:${port} 01 `).test(
        readFileSync(`/proc/${demo.pid}/net/tcp`, 'utf8'),
      );
    };
    const toolRuns = (): number[] =>
      rows()
        .slice(3)
        .map((row) => {
          const [type, at = ''] = row.split('|');
          expect(type).toBe('tool_run');
          return Date.parse(at);
        });
    while (seen.heartbeats < 3 || seen.children.size === 0 || toolRuns().length === 0) {
      await sleep(500);
      if (isConnected()) seen.heartbeats += 1;
      for (const child of readFileSync(`/proc/${demo.pid}/task/${demo.pid}/children`, 'utf8')
        .trim()
        .split(' ')) {
        if (child !== '') seen.children.add(child);
      }
    }
    // None more often than it should, however long a busy host took.
    const runs = toolRuns();
    const ranForMs = Date.now() - startedMs;
    expect(runs.length).toBeLessThanOrEqual(ranForMs / 5_000);
    expect(seen.children.size).toBeLessThanOrEqual(ranForMs / 7_000);
    await demo.stop();
    expect(isAlive(demo.pid)).toBe(false);
    for (const child of seen.children) expect(isAlive(Number(child))).toBe(false);
    await expect(fetch(`http://127.0.0.1:${demo.heartbeatPort}/`)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['demo.db']);
  });
});
