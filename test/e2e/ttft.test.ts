import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureDocument } from '../../src/model/measure-document.ts';
import { runCli } from '../support/cli.ts';
import { type MeasuredByCli, measureInto } from '../support/measure.ts';
import { hasProgram, type Program, startPython } from '../support/programs.ts';

/** So much the model takes when it is loaded, with the first request. */
const MODEL_BYTES = 80_000_000;
const WORDS = 6;

/**
 * A model server that is OpenAI-compatible: it counts its tokens, and tells its own times as llama.cpp's does. `/held` passes the answer on when it is
 * whole, as a proxy that buffers does; `/short` makes but one token every other time, `/single` each time. Other paths break.
 */
const SERVER = `import http.server, json, time
model = None
asked_short = 0
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def chunk(self, **delta):
        self.event(dict(choices=[dict(index=0, delta=delta, finish_reason=None)]))
    def event(self, value):
        self.piece('data: ' + (value if isinstance(value, str) else json.dumps(value)) + '\\n\\n')
    def piece(self, text):
        data = text.encode()
        self.held += b'%x\\r\\n%s\\r\\n' % (len(data), data)
        if self.path != '/held': self.pass_on()
    def pass_on(self):
        self.wfile.write(self.held); self.wfile.flush()
        self.held = b''
    def plain(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status); self.send_header('content-length', str(len(data))); self.end_headers()
        self.wfile.write(data)
    def do_POST(self):
        global model, asked_short
        self.held = b''
        asked = json.loads(self.rfile.read(int(self.headers['content-length'])))
        assert asked['stream'] and asked['stream_options']['include_usage'] and asked['model'] == 'tiny'
        if self.path == '/whole': return self.plain(200, dict(choices=[dict(message=dict(content='all'))]))
        if self.path == '/error': return self.plain(200, dict(error=dict(message='out of memory')))
        if self.path == '/refused': return self.plain(429, dict(error=dict(message='too many')))
        started = time.perf_counter()
        if model is None: model = b'm' * ${MODEL_BYTES}
        self.send_response(200); self.send_header('content-type', 'text/event-stream')
        self.send_header('transfer-encoding', 'chunked'); self.end_headers()
        self.chunk(role='assistant', content='')
        self.piece(': still here\\n\\n')
        time.sleep(0.06)
        prompted = time.perf_counter()
        asked_short += self.path == '/short'
        is_short = self.path == '/single' or self.path == '/short' and asked_short % 2 == 0
        for nth in range(1 if is_short else ${WORDS}):
            if self.path == '/broken' and nth == 3:
                self.close_connection = True
                return
            self.chunk(**({'reasoning_content': 'hm '} if nth == 0 else {'content': f'word{nth} '}))
            time.sleep(0.02)
        ended = time.perf_counter()
        self.event(dict(choices=[dict(index=0, delta={}, finish_reason='stop')]))
        self.event(dict(choices=[], usage=dict(prompt_tokens=4, completion_tokens=1 if is_short else 12),
                        timings=dict(prompt_n=4, prompt_ms=(prompted - started) * 1e3, predicted_n=12, predicted_ms=(ended - prompted) * 1e3)))
        self.event('[DONE]'); self.held += b'0\\r\\n\\r\\n'; self.pass_on()
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(('127.0.0.1', {port}), H).serve_forever()`;

describe.skipIf(!hasProgram('python3'))(
  'measure ttft of a model server that loads its model when it is asked',
  () => {
    let base: string;
    let server: Program;
    let measured: MeasuredByCli;
    const url = (path = ''): string => `http://127.0.0.1:${server.port}${path}`;
    const asking = (path: string, runs: number): string[] => [
      'ttft',
      '--url',
      url(path),
      '--prompt',
      'Say hello',
      '--model',
      'tiny',
      '--runs',
      `${runs}`,
    ];
    beforeAll(async () => {
      base = mkdtempSync(join(tmpdir(), 'idleproof-ttft-'));
      server = await startPython(SERVER, true);
      measured = await measureInto(base, [...asking('', 6), '--cold', '--warm', '--expect', 'p50 < 60s']);
    });
    afterAll(async () => {
      await server?.stop();
      rmSync(base, { recursive: true, force: true });
    });

    const of = ({ measurements }: MeasureDocument, name: string, id: string) =>
      measurements.find((one) => one.name === name && one.id === id);
    const least = (name: string, id: string): number =>
      of(measured.document, name, id)?.statistics.min?.value ?? Number.NaN;

    it('tells a cold model from a warm one by the memory that it took', () => {
      expect(measured.code, measured.stderr + measured.document.notes.join()).toBe(0);
      expect(measured.document.facts['memoryGrownByFirstBytes']).toBeGreaterThan(0.9 * MODEL_BYTES);
      expect(of(measured.document, 'ttft', 'cold')).toMatchObject({ count: 1, problem: null });
      expect(of(measured.document, 'ttft', 'warm')).toMatchObject({ count: 6, problem: null });
    });

    it('keeps both definitions apart, and what comes after the first token', () => {
      expect(least('ttft', 'warm')).toBeGreaterThanOrEqual(0.06);
      const { first } = measured.document.facts as { first: { firstChunkSeconds: number } };
      expect(first.firstChunkSeconds).toBeGreaterThan(0);
      expect(least('ttft.firstChunk', 'warm')).toBeLessThan(least('ttft', 'warm'));
      // Five pauses of 20 ms between six chunks, and eleven tokens after the first, as the server counts them.
      expect(of(measured.document, 'ttft.gap', 'warm')?.count).toBe(6 * (WORDS - 1));
      expect(least('ttft.total', 'warm')).toBeGreaterThanOrEqual(0.06 + (WORDS - 1) * 0.02);
      const [toFirst, total, perToken] = ['ttft', 'ttft.total', 'ttft.perToken'].map((name) =>
        least(name, 'cold'),
      );
      expect(perToken).toBeCloseTo(((total ?? 0) - (toFirst ?? 0)) / 11, 9);
      expect(of(measured.document, 'ttft.rate', 'warm')?.count).toBe(6);
    });

    /** What is expected of the times between tokens is so wide that any that was measured meets it. */
    const expected = ['perToken.p50 < 60s', 'gap.p95 < 60s'].flatMap((text) => ['--expect', text]);
    const problemOf = ({ document }: MeasuredByCli, name: string): string | null | undefined =>
      document.measurements.find((one) => one.name === name)?.problem;

    it('knows no time between tokens where all come at once', async () => {
      const held = await measureInto(base, [...asking('/held', 2), ...expected, '--expect', 'p50 < 60s']);
      expect(held.code, held.stderr).toBe(1);
      const met = { met: false, known: false };
      expect(held.document.expectations).toMatchObject([met, met, { met: true, known: true }]);
      const problem = 'in 2 of 2 answers all tokens came at once: does a proxy buffer them?';
      expect(problemOf(held, 'ttft.perToken')).toBe(problem);
      expect(problemOf(held, 'ttft.gap')).toBe(problem);
      expect(problemOf(held, 'ttft')).toBeNull();
    });

    it('goes by no time between tokens that some answers have not', async () => {
      const short = await measureInto(base, [...asking('/short', 2), ...expected]);
      expect(short.code, short.stderr).toBe(1);
      const problem = '1 of 2 answers had but one token';
      expect(problemOf(short, 'ttft.perToken')).toBe(problem);
      expect(problemOf(short, 'ttft.gap')).toBe(problem);
      // Where none has any, there is no such measurement, and the others can be pinned.
      const single = await measureInto(base, [...asking('/single', 2), ...expected]);
      expect(single.code, single.stderr).toBe(1);
      expect(single.document.expectations).toMatchObject([{ known: false }, { known: false }]);
      expect(single.document.measurements.map(({ name, problem: none }) => [name, none])).toEqual(
        ['ttft', 'ttft.firstChunk', 'ttft.total', 'ttft.rate'].map((name) => [name, null]),
      );
    });

    it.each([
      ['/broken', 'broke off'],
      ['/whole', 'the whole answer came at once'],
      ['/error', 'an error: out of memory'],
      ['/refused', 'status 429: too many'],
    ])('an answer of the kind %s is no time to a first token', async (path, said) => {
      const out = mkdtempSync(join(base, 'none-'));
      const { code, stderr } = await runCli(['measure', ...asking(path, 1), '--out', out]);
      expect(code).toBe(3);
      expect(stderr).toContain(path === '/broken' ? 'closed after 3 chunks' : said);
      expect(readdirSync(out)).toEqual([]);
    });
  },
);
