import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureDocument } from '../../src/model/measure-document.ts';
import { ruleOf, runCli, startCli } from '../support/cli.ts';
import { startNginx } from '../support/debian-programs.ts';
import { MeasureRig, numberOf } from '../support/measure-rig.ts';
import { freePort, hasProgram, startPython } from '../support/programs.ts';
import { startRawServer } from '../support/raw-server.ts';
import { until } from '../support/until.ts';

let rig: MeasureRig;
beforeAll(() => {
  rig = new MeasureRig();
});
afterAll(() => rig.close());

describe('measure http', () => {
  it.skipIf(!hasProgram('nginx'))(
    'of nginx: every fact of the load, the server meanwhile, and rules that judge it',
    async () => {
      const nginx = await rig.started(startNginx());
      const url = `http://127.0.0.1:${nginx.port}/?token=hidden`;
      const { document, result, evidence } = await rig.measure(
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

      const { proof, code } = await rig.judge(
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
    const python = await rig.started(startPython(code, true));
    expect(port).not.toBe(python.port);
    const body = join(rig.folder, 'body.json');
    writeFileSync(body, '{"a": 1}');
    const { document, result } = await rig.measure(
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

  it.each([
    ['10s', /^5 of 10 connections still waited for an answer at the end: /],
    ['200ms', /^of the time of 10 connections \d\d % was waited until the timeout: /],
  ])(
    'of a server that never answers five connections, with a timeout of %s: nothing goes by what the others got',
    async (timeout, problem) => {
      const known = new Set<Socket>();
      const silent = new Set<Socket>();
      const server = await startRawServer((socket) => {
        if (!known.has(socket) && silent.size < 5) {
          silent.add(socket);
          socket.once('close', () => silent.delete(socket));
        }
        known.add(socket);
        if (!silent.has(socket)) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
      try {
        const url = `http://127.0.0.1:${server.port}/`;
        const expected = ['p95 < 60s', 'errors < 1%', 'timeouts < 1%'].flatMap((text) => ['--expect', text]);
        const amount = ['--for', '2s', '--concurrency', '10', '--timeout', timeout];
        const { document, result } = await rig.measure('http', '--url', url, ...amount, ...expected);
        expect(result.code, result.stderr).toBe(1);
        expect(document.expectations).toMatchObject(
          Array.from({ length: 3 }, () => ({ met: false, known: false })),
        );
        expect(document.measurements.find(({ name }) => name === 'http.latency')?.problem).toMatch(problem);
      } finally {
        await server.stop();
      }
    },
  );

  it.each([
    ['says so where no answer has a body', '', true],
    ['says no such thing of answers that have one', 'ok', false],
  ])('%s', async (_, body, isSaid) => {
    const server = await startRawServer((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    );
    try {
      const url = `http://127.0.0.1:${server.port}/`;
      const { document, result } = await rig.measure('http', '--url', url, '--requests', '20');
      expect(result.code, result.stderr).toBe(0);
      expect(document.notes.includes('no answer had a body: 2xx is all that was looked at')).toBe(isSaid);
    } finally {
      await server.stop();
    }
  });

  it('where nobody answers is an error that leaves nothing behind', async () => {
    const folder = rig.nextOut();
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
      const nginx = await rig.started(startNginx());
      const state = join(rig.folder, 'state');
      const told = join(state, 'measurements');
      mkdirSync(state);
      writeFileSync(join(state, 'daemon.lock'), '');
      const url = `http://127.0.0.1:${nginx.port}/`;
      const { result } = startCli(
        ['measure', 'http', '--url', url, '--for', '3s', '--state', state, '--out', rig.nextOut()],
        { env: { ...process.env, XDG_STATE_HOME: rig.folder } },
      );
      await until(() => existsSync(told) && readdirSync(told).length > 0);
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
    const python = await rig.started(
      startPython(
        'import http.server; http.server.ThreadingHTTPServer(("127.0.0.1", {port}), http.server.SimpleHTTPRequestHandler).serve_forever()',
        true,
      ),
    );
    const folder = rig.nextOut();
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
    await until(() => existsSync(folder) && readdirSync(folder).length > 0);
    await new Promise((done) => setTimeout(done, 1_000));
    child.kill('SIGINT');
    const { code, stdout } = await result;
    expect(code).toBe(130);
    const { measurements, expectations } = JSON.parse(stdout) as MeasureDocument;
    expect(new Set(measurements.map(({ problem }) => problem))).toEqual(new Set(['it was interrupted']));
    expect(expectations).toMatchObject([{ met: false, known: false }]);
  });
});
