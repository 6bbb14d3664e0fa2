import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureDocument } from '../../src/model/measure-document.ts';
import { measureInto } from '../support/measure.ts';
import { freePort, hasProgram, isRoot } from '../support/programs.ts';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'idleproof-startup-'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const of = ({ measurements }: MeasureDocument, name: string, id: string | null = null) =>
  measurements.find((one) => one.name === name && one.id === id);

const redis = (folder: string, port: number): string[] => [
  'redis-server',
  '--bind',
  '127.0.0.1',
  '--port',
  `${port}`,
  '--dir',
  folder,
  '--save',
  '',
  '--pidfile',
  join(folder, 'redis.pid'),
];

/** A backend as those that it is measured for: a Python server that answers 503 until it has read what it needs. */
const backend = (port: number): string[] => [
  'python3',
  '-c',
  `import http.server, threading, time
state = dict(ready=False)
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if state['ready'] and self.path == '/health' else 503); self.end_headers()
    def log_message(self, *a): pass
def warm():
    time.sleep(0.3); state['ready'] = True
threading.Thread(target=warm, daemon=True).start()
http.server.ThreadingHTTPServer(('127.0.0.1', ${port}), H).serve_forever()`,
];

describe('measure startup of real programs', () => {
  it.skipIf(!hasProgram('redis-server')).each(['port', 'log', 'file'])(
    'redis-server is ready by its %s',
    async (by) => {
      const folder = mkdtempSync(join(base, 'redis-'));
      const port = await freePort();
      const ready = {
        port: `port:${port}`,
        log: 'log:Ready to accept connections',
        file: `file:${join(folder, 'redis.pid')}`,
      }[by];
      const pidFile = by === 'file' ? [] : ['--pidfile', join(folder, 'other.pid')];
      const { document, code, stderr } = await measureInto(base, [
        'startup',
        '--ready',
        ready ?? '',
        '--runs',
        '2',
        '--expect',
        'p95 < 60s',
        '--',
        ...redis(folder, port),
        ...pidFile,
      ]);
      expect(code, stderr).toBe(0);
      expect(document).toMatchObject({ target: 'redis-server', conditions: { readyBy: by } });
      expect(of(document, 'startup')).toMatchObject({ count: 2, problem: null });
      expect(of(document, 'startup')?.statistics.min?.value).toBeGreaterThan(0);
      // A server that keeps its data in memory needs some.
      expect(of(document, 'startup.memory')?.statistics.min?.value).toBeGreaterThan(1e6);
    },
  );

  it('a Python backend until its health answers 2xx, often enough for percentiles, its interval and no model', async () => {
    const port = await freePort();
    const { document, code, stderr } = await measureInto(base, [
      'startup',
      '--ready',
      `http://127.0.0.1:${port}/health`,
      '--runs',
      '7',
      '--expect',
      'p50 < 60s',
      '--expect',
      'min >= 300ms',
      '--expect',
      'memory.max < 1GB',
      '--',
      ...backend(port),
    ]);
    expect(code, stderr).toBe(0);
    const { statistics, count } = of(document, 'startup') ?? { statistics: {}, count: 0 };
    expect(count).toBe(7);
    const { min, p50, p90, p95, p99, max } = statistics;
    const values = [min, p50, p90, p95, p99, max].map((one) => one?.value ?? Number.NaN);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(p50?.interval?.low).toBeLessThanOrEqual(p50?.value ?? 0);
    expect(document.notes.join()).toContain('no file of a model');
  });

  it.skipIf(!isRoot('dropping the page cache') || !hasProgram('unshare'))(
    'cold and warm, apart from each other, where the page cache may be dropped',
    async () => {
      // A file in its place, seen by this command alone: it is the whole machine's cache that would be dropped.
      const dropped = join(base, 'drop_caches');
      writeFileSync(dropped, '0\n');
      const script = `mount --bind ${dropped} /proc/sys/vm/drop_caches && exec "$@"`;
      const { document, code, stderr } = await measureInto(
        base,
        [
          'startup',
          '--ready',
          'log:up',
          '--cold',
          '--warm',
          '--runs',
          '2',
          '--expect',
          'max < 60s',
          '--',
          'python3',
          '-c',
          'import time; print("up", flush=True); time.sleep(600)',
        ],
        { inside: ['unshare', '--mount', 'sh', '-c', script, 'sh'] },
      );
      expect(code, stderr).toBe(0);
      expect(readFileSync(dropped, 'utf8')).toBe('3\n');
      for (const state of ['cold', 'warm'])
        expect(of(document, 'startup', state)).toMatchObject({ count: 2, problem: null });
      const starts = document.facts['starts'] as { state: string }[];
      expect(starts.map(({ state }) => state).toSorted()).toEqual(['cold', 'cold', 'warm', 'warm']);
    },
  );
});
