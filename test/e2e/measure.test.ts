import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureDocument } from '../../src/model/measure-document.ts';
import type { Proof } from '../../src/model/proof.ts';
import { type CliResult, ruleOf, runCli, startCli } from '../support/cli.ts';
import { startNginx } from '../support/debian-programs.ts';
import { freePort, hasProgram, isRoot, type Program, startPython } from '../support/programs.ts';
import { startRawServer } from '../support/raw-server.ts';

let out: string;
let programs: Program[] = [];
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-measure-'));
});
afterAll(async () => {
  for (const program of programs) await program.stop();
  programs = [];
  rmSync(out, { recursive: true, force: true });
});

/** A folder of this call alone. */
let folders = 0;
function nextOut(): string {
  folders += 1;
  return join(out, String(folders));
}

interface Told {
  document: MeasureDocument;
  result: CliResult;
  evidence: string;
}

async function measure(...args: string[]): Promise<Told> {
  const folder = nextOut();
  const [kind = '', ...rest] = args;
  const result = await runCli(['measure', kind, '--json', '--out', folder, ...rest]);
  if (!result.stdout.startsWith('{')) throw new Error(`no document (exit ${result.code}): ${result.stderr}`);
  const [run = ''] = readdirSync(folder);
  return {
    document: JSON.parse(result.stdout) as MeasureDocument,
    result,
    evidence: join(folder, run, 'evidence.db'),
  };
}

const numberOf = (
  { measurements }: MeasureDocument,
  name: string,
  statistic: string,
  id: string | null = null,
) =>
  measurements.find((one) => one.name === name && one.id === id)?.statistics[statistic as 'p50']?.value ??
  Number.NaN;

async function judge(evidence: string, rules: string): Promise<{ proof: Proof; code: number | null }> {
  const pack = join(nextOut() + '.yaml');
  writeFileSync(pack, `pack: ours\nrules:\n${rules}\n`);
  const { code, stdout, stderr } = await runCli(['judge', evidence, '--rules', pack, '--json']);
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return { proof: JSON.parse(stdout) as Proof, code };
}

/** Listens at once, and answers 200 after some time, 503 before. */
const slowServer = (port: number, afterMs: number): string[] => [
  process.execPath,
  '-e',
  `const from = Date.now(); require('http').createServer((q, s) => { s.statusCode = Date.now() - from < ${afterMs} ? 503 : 200; s.end(); }).listen(${port}, '127.0.0.1', () => console.log('listening'))`,
];

describe('measure http', () => {
  it.skipIf(!hasProgram('nginx'))(
    'of nginx: every fact of the load, the server meanwhile, and rules that judge it',
    async () => {
      const nginx = await startNginx();
      programs.push(nginx);
      const url = `http://127.0.0.1:${nginx.port}/?token=hidden`;
      const { document, result, evidence } = await measure(
        'http',
        '--url',
        url,
        '--requests',
        '3000',
        '--concurrency',
        '3',
        '--expect',
        'p95 < 10s',
        '--expect',
        'errors < 1%',
      );
      expect(result.code, result.stderr).toBe(0);
      expect(document).toMatchObject({
        kind: 'http',
        target: `port-${nginx.port}`,
        expectations: [{ met: true }, { met: true }],
        targetUsage: { processes: 2 },
        facts: {
          requests: 3000,
          concurrency: 3,
          success: 3000,
          errors: 0,
          timeouts: 0,
          statusCodes: { 200: 3000 },
        },
      });
      expect(document.targetUsage?.cpuSeconds).toBeGreaterThan(0);
      const latency = document.facts['latencySeconds'] as Record<string, number>;
      expect(Object.keys(latency)).toEqual(['min', 'mean', 'median', 'p50', 'p90', 'p95', 'p99', 'max']);
      expect(latency['min']).toBeGreaterThan(0);
      expect(JSON.stringify(document)).not.toContain('hidden');
      const file = readdirSync(join(evidence, '..')).find((name) => name.endsWith('.json')) ?? '';
      expect(file).toMatch(/^\d{4}-\d\d-\d\d_\d{4}_results\.json$/);
      expect(JSON.parse(readFileSync(join(evidence, '..', file), 'utf8'))).toEqual(document);

      const { proof, code } = await judge(
        evidence,
        `  - { id: fast, kind: measurement, measurement: http.latency, expect: { p95: "< 10s" } }
  - { id: faster, kind: measurement, measurement: http.latency, expect: { p95: "< 1ns" } }
  - { id: other, kind: measurement, measurement: http.latency, of: other, expect: { p95: "< 10s" } }
  - { id: idle, kind: threshold, metric: cpu.percent, expect: { mean: "< 99999" } }`.replace(
          '1ns',
          '0.001ms',
        ),
      );
      expect(code).toBe(1);
      expect(ruleOf(proof, 'fast')).toMatchObject({ verdict: 'pass', window: 'measure' });
      expect(ruleOf(proof, 'faster').verdict).toBe('fail');
      expect(ruleOf(proof, 'other').verdict).toBe('inconclusive');
      // We used it ourselves: nothing that is said about idleness holds of it.
      expect(ruleOf(proof, 'idle')).toMatchObject({ verdict: 'inconclusive' });
      expect(proof.coverage.excludes).toEqual({ periodSeconds: null, connectionLifetimeSeconds: null });
      expect((await runCli(['verify', evidence])).code).toBe(0);
    },
  );

  it('of a server that fails now and then: exit code 1 where more fails than was expected', async () => {
    const port = await freePort();
    const code = `import http.server
class H(http.server.BaseHTTPRequestHandler):
  n = 0
  def do_POST(self):
    H.n += 1
    body = self.rfile.read(int(self.headers['content-length']))
    self.send_response(200 if H.n % 10 and body == b'{"a": 1}' and self.headers['x-a'] == 'b' else 503)
    self.send_header('content-length', '0'); self.end_headers()
  def log_message(self, *a): pass
http.server.HTTPServer(('127.0.0.1', {port}), H).serve_forever()`;
    const python = await startPython(code, true);
    programs.push(python);
    expect(port).not.toBe(python.port);
    const body = join(out, 'body.json');
    writeFileSync(body, '{"a": 1}');
    const { document, result } = await measure(
      'http',
      '--url',
      `http://127.0.0.1:${python.port}/v1`,
      '--method',
      'post',
      '--header',
      'X-A: b',
      '--body',
      `@${body}`,
      '--requests',
      '100',
      '--id',
      'post',
      '--expect',
      'errors < 5%',
    );
    expect(result.code).toBe(1);
    expect(document.facts).toMatchObject({ statusCodes: { 200: 90, 503: 10 }, non2xx: 10, success: 90 });
    expect(numberOf(document, 'http.errors', 'value', 'post')).toBe(10);
    const latency = document.measurements.find(({ name }) => name === 'http.latency');
    expect(latency?.problem).toBe(
      '10 of 100 requests were not answered with 2xx: the latency of the others tells nothing of them',
    );
    expect(document.notes.join()).toContain('10 of 100 requests failed: http.latency is that of the others');
  });

  it('of a server that never answers every second connection: nothing goes by what the others got', async () => {
    const connections = new Map<Socket, number>();
    const server = await startRawServer((socket) => {
      if (!connections.has(socket)) connections.set(socket, connections.size);
      const isSilent = (connections.get(socket) ?? 0) % 2 === 1;
      if (!isSilent) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    try {
      const url = `http://127.0.0.1:${server.port}/`;
      const expected = ['p95 < 60s', 'errors < 1%', 'timeouts < 1%'].flatMap((text) => ['--expect', text]);
      const amount = ['--for', '2s', '--concurrency', '10'];
      const { document, result } = await measure('http', '--url', url, ...amount, ...expected);
      expect(result.code, result.stderr).toBe(1);
      expect(document.facts).toMatchObject({ failures: { unanswered: 5 } });
      expect(document.expectations).toMatchObject(
        Array.from({ length: 3 }, () => ({ met: false, known: false })),
      );
      expect(document.measurements.find(({ name }) => name === 'http.latency')?.problem).toBe(
        '5 of 10 connections still waited for an answer at the end: what the others got tells nothing of them',
      );
    } finally {
      await server.stop();
    }
  });

  it.each([
    ['says so where no answer has a body', '', true],
    ['says no such thing of answers that have one', 'ok', false],
  ])('%s', async (_, body, isSaid) => {
    const server = await startRawServer((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    );
    try {
      const url = `http://127.0.0.1:${server.port}/`;
      const { document, result } = await measure('http', '--url', url, '--requests', '20');
      expect(result.code, result.stderr).toBe(0);
      expect(document.notes.includes('no answer had a body: 2xx is all that was looked at')).toBe(isSaid);
    } finally {
      await server.stop();
    }
  });

  it('where nobody answers is an error that leaves nothing behind', async () => {
    const folder = nextOut();
    const url = `http://127.0.0.1:${await freePort()}/`;
    const { code, stderr } = await runCli(['measure', 'http', '--url', url, '--out', folder]);
    expect(code).toBe(3);
    expect(stderr).toContain('MEASURE_NO_ANSWER');
    expect(stderr).toContain('ECONNREFUSED');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!hasProgram('nginx'))(
    'tells a daemon which processes are measured, and for how long',
    async () => {
      const nginx = await startNginx();
      programs.push(nginx);
      const state = join(out, 'state');
      const told = join(state, 'measurements');
      mkdirSync(state);
      writeFileSync(join(state, 'daemon.lock'), '');
      const url = `http://127.0.0.1:${nginx.port}/`;
      const { result } = startCli(
        ['measure', 'http', '--url', url, '--for', '3s', '--state', state, '--out', nextOut()],
        { env: { ...process.env, XDG_STATE_HOME: out } },
      );
      while (!existsSync(told) || readdirSync(told).length === 0)
        await new Promise((done) => setTimeout(done, 20));
      const [file = ''] = readdirSync(told);
      const { command, processes } = JSON.parse(readFileSync(join(told, file), 'utf8')) as {
        command: string;
        processes: { pid: number }[];
      };
      expect(command).toBe('idleproof measure http');
      expect(processes.map(({ pid }) => pid)).toContain(nginx.pid);
      const { code, stderr } = await result;
      expect(code, stderr).toBe(0);
      expect(readdirSync(told)).toEqual([]);
    },
  );

  it('interrupted writes what it has, and nothing goes by it', async () => {
    const python = await startPython(
      'import http.server; http.server.ThreadingHTTPServer(("127.0.0.1", {port}), http.server.SimpleHTTPRequestHandler).serve_forever()',
      true,
    );
    programs.push(python);
    const folder = nextOut();
    const { child, result } = startCli([
      'measure',
      'http',
      '--url',
      `http://127.0.0.1:${python.port}/`,
      '--for',
      '10m',
      '--json',
      '--out',
      folder,
      '--expect',
      'p95 < 60s',
    ]);
    while (!existsSync(folder) || readdirSync(folder).length === 0)
      await new Promise((done) => setTimeout(done, 50));
    await new Promise((done) => setTimeout(done, 1_000));
    child.kill('SIGINT');
    const { code, stdout } = await result;
    expect(code).toBe(130);
    const { measurements, expectations } = JSON.parse(stdout) as MeasureDocument;
    expect(new Set(measurements.map(({ problem }) => problem))).toEqual(new Set(['it was interrupted']));
    expect(expectations).toMatchObject([{ met: false, known: false }]);
  });
});

describe('measure ttft, interrupted before the first answer', () => {
  it('ends with 130 and leaves no folder behind', async () => {
    let asked = false;
    const silent = createServer(() => (asked = true)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const folder = nextOut();
    const address = `http://127.0.0.1:${port}/`;
    const args = ['measure', 'ttft', '--url', address, '--prompt', 'hi', '--cold', '--out', folder];
    const { child, result } = startCli(args);
    try {
      while (!asked) await new Promise((done) => setTimeout(done, 20));
      child.kill('SIGINT');
      const { code, stdout, stderr } = await result;
      expect([code, stdout], stderr).toEqual([130, '']);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  }, 60_000);
});

describe('measure startup', () => {
  it('waits for 2xx, and for nothing less', async () => {
    const port = await freePort();
    const { document, result, evidence } = await measure(
      'startup',
      '--ready',
      `http://127.0.0.1:${port}/`,
      '--runs',
      '3',
      '--expect',
      'min > 400ms',
      '--as',
      'backend',
      '--',
      ...slowServer(port, 400),
    );
    expect(result.code, result.stderr).toBe(0);
    expect(document).toMatchObject({ kind: 'startup', target: 'backend' });
    expect(document.measurements.map(({ name, count }) => [name, count])).toEqual([
      ['startup', 3],
      ['startup.cpu', 3],
      ['startup.memory', 3],
    ]);
    expect(numberOf(document, 'startup.cpu', 'min')).toBeGreaterThan(0);
    expect(numberOf(document, 'startup.memory', 'min')).toBeGreaterThan(1e6);
    expect(document.notes.join()).toContain('no file of a model');
    const { proof, code } = await judge(
      evidence,
      '  - { id: start, kind: measurement, measurement: startup, target: backend, expect: { p50: "< 60s" } }',
    );
    expect(code, proof.headline).toBe(0);
  });

  it('each start is ready by its own line, not by that of the start before', async () => {
    const script = "setTimeout(() => console.log('ready'), 300); setInterval(() => {}, 1e6)";
    const { document } = await measure(
      'startup',
      '--ready',
      'log:^ready$',
      '--runs',
      '2',
      '--',
      process.execPath,
      '-e',
      script,
    );
    expect(numberOf(document, 'startup', 'min')).toBeGreaterThan(0.3);
  });

  it('what was ready before the start is refused: an old server, a file that was left', async () => {
    const port = await freePort();
    const python = await startPython(
      'import http.server; http.server.HTTPServer(("127.0.0.1", {port}), http.server.SimpleHTTPRequestHandler).serve_forever()',
      true,
    );
    programs.push(python);
    const file = join(out, 'left');
    writeFileSync(file, '');
    for (const ready of [`http://127.0.0.1:${python.port}/`, `port:${python.port}`, `file:${file}`]) {
      const { code, stderr } = await runCli([
        'measure',
        'startup',
        '--ready',
        ready,
        '--out',
        nextOut(),
        '--',
        ...slowServer(port, 0),
      ]);
      expect(code).toBe(3);
      expect(stderr).toContain('MEASURE_READY_BEFORE');
    }
  });

  it.skipIf(!isRoot('being somebody else'))(
    'on a port where somebody listens already is refused: whose it is may not be seen of a command that hides its files',
    async () => {
      const before = createServer().listen(0, '127.0.0.1');
      await once(before, 'listening');
      const folder = mkdtempSync(join(tmpdir(), 'idleproof-hidden-'));
      chmodSync(folder, 0o777);
      try {
        const { port } = before.address() as AddressInfo;
        // Its files are root's, as those of a program with other rights are; see PR_SET_DUMPABLE in prctl(2). It never listens.
        const hides = `import ctypes, time; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); time.sleep(600)`;
        const start = ['--ready', `port:${port}`, '--runs', '1', '--timeout', '5s'];
        const { code, stderr } = await runCli(
          ['measure', 'startup', ...start, '--out', join(folder, 'o'), '--', 'python3', '-c', hides],
          { uid: 65_534, cwd: folder, env: { ...process.env, HOME: folder } },
        );
        expect(code, stderr).toBe(3);
        expect(stderr).toContain(`MEASURE_READY_BEFORE`);
        expect(stderr).toContain(`port ${port} to be open`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
        before.close();
      }
    },
  );

  it('a model that is mapped at the start is named', async () => {
    const model = join(out, 'tiny.gguf');
    writeFileSync(model, Buffer.alloc(1 << 20));
    const code = `import mmap, time; f = open('${model}', 'rb'); m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ); m[0:4096]; print('up', flush=True); time.sleep(100)`;
    const { document } = await measure(
      'startup',
      '--ready',
      'log:up',
      '--runs',
      '1',
      '--',
      'python3',
      '-c',
      code,
    );
    expect(document.notes.join()).toContain(`a model was loaded at the start: ${model} was mapped`);
    const [{ usage } = { usage: null }] = document.facts['starts'] as { usage: unknown }[];
    expect(usage).toMatchObject({ modelFiles: [{ path: model, how: 'mapped', mappedBytes: 1 << 20 }] });
  });

  it.skipIf(process.geteuid?.() !== 0)(
    'cold without the right to drop the page cache is no cold start',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'idleproof-cold-'));
      chmodSync(folder, 0o777);
      try {
        const script = "console.log('ready'); setInterval(() => {}, 1e6)";
        const { code, stdout } = await runCli(
          [
            'measure',
            'startup',
            '--ready',
            'log:ready',
            '--runs',
            '1',
            '--cold',
            '--json',
            '--out',
            join(folder, 'o'),
            '--expect',
            'max < 60s',
            '--',
            process.execPath,
            '-e',
            script,
          ],
          { uid: 65_534, cwd: folder, env: { ...process.env, HOME: folder } },
        );
        expect(code).toBe(1);
        const document = JSON.parse(stdout) as MeasureDocument;
        expect(document.measurements[0]?.problem).toContain(
          'the page cache could not be dropped (only root may)',
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  it('a command that ends, or is never ready, is an error', async () => {
    const ended = await runCli([
      'measure',
      'startup',
      '--ready',
      'port:1',
      '--out',
      nextOut(),
      '--',
      'false',
    ]);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('COMMAND_ENDED');
    const never = await runCli([
      'measure',
      'startup',
      '--ready',
      'log:never',
      '--timeout',
      '300ms',
      '--out',
      nextOut(),
      '--',
      'sleep',
      '99',
    ]);
    expect(never.code).toBe(3);
    expect(never.stderr).toContain('COMMAND_NOT_READY');
  });
});

describe('measure ttft', () => {
  it('of the demo: both definitions, tokens, gaps, and a cold request that was none', async () => {
    const database = join(out, 'demo.db');
    const app = fileURLToPath(new URL('../../dist/demo/app.js', import.meta.url));
    const child = spawn(process.execPath, [app, '--database', database], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const { port } = JSON.parse(line.toString()) as { port: number };
      const { document, result, evidence } = await measure(
        'ttft',
        '--url',
        `http://127.0.0.1:${port}`,
        '--prompt',
        'Say hello',
        '--runs',
        '6',
        '--cold',
        '--warm',
        '--expect',
        'firstChunk.p50 < 60s',
      );
      // The demo's model is always there: what is called cold was not.
      expect(result.code).toBe(1);
      expect(numberOf(document, 'ttft.firstChunk', 'p50', 'warm')).toBeLessThan(
        numberOf(document, 'ttft', 'p50', 'warm'),
      );
      // «You said: Say hello. I have nothing to add.» is nine words, each 20 ms after the one before; a busy host may read them late.
      expect(numberOf(document, 'ttft.total', 'min', 'warm')).toBeGreaterThan(9 * 0.015);
      const [total = 0, first = 0, perToken = 0] = ['ttft.total', 'ttft', 'ttft.perToken'].map((name) =>
        numberOf(document, name, 'mean', 'warm'),
      );
      expect(perToken).toBeCloseTo((total - first) / 8, 6);
      expect(document.measurements.find(({ name, id }) => name === 'ttft.gap' && id === 'warm')?.count).toBe(
        6 * 8,
      );
      const { proof } = await judge(
        evidence,
        `  - { id: warm, kind: measurement, measurement: ttft, of: warm, expect: { p50: "< 60s" } }
  - { id: cold, kind: measurement, measurement: ttft, of: cold, expect: { p50: "< 60s" } }`,
      );
      expect(ruleOf(proof, 'warm').verdict).toBe('pass');
      expect(ruleOf(proof, 'cold').verdict).toBe('inconclusive');
      expect(ruleOf(proof, 'cold').reason).toContain('the model was there already');

      const health = await runCli([
        'measure',
        'ttft',
        '--url',
        `http://127.0.0.1:${port}/health`,
        '--prompt',
        'x',
        '--out',
        nextOut(),
      ]);
      expect(health.code).toBe(3);
      expect(health.stderr).toContain('status 404');
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
  });
});

describe('measure size', () => {
  it('sums up files by pattern, raw and compressed, and knows none from nothing', async () => {
    const folder = join(out, 'site');
    mkdirSync(join(folder, 'a'), { recursive: true });
    writeFileSync(join(folder, 'a', 'one.js'), 'x'.repeat(10_000));
    writeFileSync(join(folder, 'two.js'), 'y'.repeat(20_000));
    writeFileSync(join(folder, 'three.css'), 'z');
    const { document, result } = await measure(
      'size',
      '--cwd',
      folder,
      'js=**/*.js',
      'all=.',
      '--expect',
      'raw <= 30001B',
    );
    expect(result.code).toBe(0);
    expect(numberOf(document, 'size.raw', 'value', 'js')).toBe(30_000);
    expect(numberOf(document, 'size.raw', 'value', 'all')).toBe(30_001);
    expect(numberOf(document, 'size.gzip', 'value', 'js')).toBeLessThan(200);
    writeFileSync(join(folder, '\u009b31m\u202e.txt'), 'z');
    const hostile = await measure('size', '--cwd', folder, '*.txt');
    const saved = hostile.document;
    expect(JSON.stringify(saved.facts)).toContain('\u202e.txt');
    expect(hostile.result.stdout).not.toMatch(/[\u009b\u202e]/);
    expect(hostile.result.stdout).toContain(String.raw`\u202e.txt`);
    const none = await runCli(['measure', 'size', '--cwd', folder, '*.html', '--out', nextOut()]);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain('MEASURE_NO_FILES');
  });

  it.skipIf(process.geteuid?.() !== 0)(
    'is an error where a folder that the pattern is about cannot be read, and none where another one cannot',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'idleproof-closed-'));
      try {
        chmodSync(folder, 0o777);
        for (const name of ['open', 'closed']) {
          mkdirSync(join(folder, name));
          writeFileSync(join(folder, name, 'a.js'), 'x'.repeat(1_000));
        }
        chmodSync(join(folder, 'closed'), 0o000);
        const size = (pattern: string): Promise<CliResult> =>
          runCli(['measure', 'size', pattern, '--cwd', folder, '--json', '--out', join(folder, 'o')], {
            uid: 65_534,
            cwd: folder,
            env: { ...process.env, HOME: folder },
          });
        for (const pattern of ['**/*.js', '.', 'closed', '*/a.js']) {
          const { code, stderr } = await size(pattern);
          expect(code, pattern + stderr).toBe(3);
          expect(stderr).toContain('closed cannot be read (EACCES)');
        }
        expect((await size('open/**/*.js')).code).toBe(0);
        expect((await size('nowhere/**/*.js')).stderr).toContain('MEASURE_NO_FILES');
        expect((await size('open/a.js/*.js')).stderr).toContain('MEASURE_NO_FILES');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

describe('measure run', () => {
  it('reads what github-action-benchmark reads, run by run', async () => {
    const script = `console.log(JSON.stringify([{ name: 'parse', unit: 'ms', value: 12.5 }, { name: 'rate', unit: 'ops/sec', value: 80 }]))`;
    const { document, result, evidence } = await measure(
      'run',
      '--runs',
      '3',
      '--expect',
      'run.seconds.max < 13ms',
      '--',
      process.execPath,
      '-e',
      script,
    );
    expect(result.code, result.stderr).toBe(0);
    expect(document.measurements).toMatchObject([
      { name: 'run.seconds', id: 'parse', count: 3 },
      { name: 'run.rate', id: 'rate', count: 3 },
    ]);
    const { code } = await judge(
      evidence,
      '  - { id: parse, kind: measurement, measurement: run.seconds, of: parse, expect: { p50: "< 13ms" } }',
    );
    expect(code).toBe(0);
  });

  it('a run that fails is an error, whatever it printed', async () => {
    const { code, stderr } = await runCli([
      'measure',
      'run',
      '--runs',
      '2',
      '--out',
      nextOut(),
      '--',
      'sh',
      '-c',
      'echo 12; exit 3',
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('it ended with exit code 3');
  });
});

describe('what is mistyped', () => {
  it.each([
    [['http', '--url', 'localhost:8000'], '--url'],
    [['http', '--url', 'http://127.0.0.1:1/', '--requests', '0'], '--requests'],
    [['http', '--url', 'http://127.0.0.1:1/', '--expect', 'p96 < 3s'], 'did you mean p9'],
    [['http', '--url', 'http://127.0.0.1:1/', '--for', '3'], '--for'],
    [['http', '--url', 'http://127.0.0.1:1/', '--header', 'nothing'], '--header'],
    [['http', '--url', 'http://127.0.0.1:1/', '--method', 'FETCH'], '--method'],
    [['startup', '--ready', 'port:99999', '--', 'true'], 'measure startup --help'],
    [['startup', '--ready', '3s', '--', 'true'], '--ready'],
    [['startup', '--ready', 'port:80'], 'MEASURE_COMMAND'],
    [['size', 'x', '--cwd', '/nowhere'], '--cwd'],
    [['run', '--', 'no-such-program-at-all'], 'COMMAND_NOT_STARTED'],
  ])('%j is a usage error', async (args, said) => {
    const { code, stderr } = await runCli(
      ['measure', ...args, ...(args.includes('--') ? [] : ['--out', nextOut()])],
      { cwd: out },
    );
    expect(code, stderr).toBe(3);
    expect(stderr).toContain(said);
  });
});
