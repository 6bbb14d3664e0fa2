import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureDocument } from '../../src/model/measure-document.ts';
import { BROWSER } from '../support/browser.ts';
import { runCli } from '../support/cli.ts';
import { freePort } from '../support/programs.ts';

/** 100 kB, and busy for a while when it runs. */
const SCRIPT = `/*${'x'.repeat(100_000)}*/ for (const from = performance.now(); performance.now() - from < 120; );`;
const html = (body: string): string => `<!doctype html><title>page</title><h1>hello</h1>${body}`;
const PAGES: Record<string, string> = {
  '/': html('<script src="app.js"></script>'),
  '/on': html('<script>setTimeout(() => location.replace("/"), 400)</script>'),
  '/broken': html('<script src="gone.js"></script>'),
  '/endless': html(
    '<script>setInterval(() => { for (const from = Date.now(); Date.now() - from < 80; ); }, 500)</script>',
  ),
};

describe.skipIf(BROWSER === undefined)('measure page', () => {
  let folder: string;
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'idleproof-page-'));
    server = createServer((request, response) => {
      const path = request.url ?? '';
      const isScript = path === '/app.js';
      const text = isScript ? SCRIPT : PAGES[path];
      response.writeHead(text === undefined ? 404 : 200, {
        'content-type': isScript ? 'text/javascript' : 'text/html',
      });
      response.end(text);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let runs = 0;
  async function measure(path: string, ...args: string[]) {
    runs += 1;
    const out = join(folder, String(runs));
    const url = path.startsWith('http') ? path : `${origin}${path}`;
    const result = await runCli(['measure', 'page', '--url', url, '--json', '--out', out, ...args]);
    const document = result.stdout.startsWith('{') ? (JSON.parse(result.stdout) as MeasureDocument) : null;
    return { ...result, document, out };
  }
  const valueOf = (document: MeasureDocument | null, name: string): number =>
    document?.measurements.find((one) => one.name === name)?.statistics.min?.value ?? Number.NaN;

  it('waits for scripts on a slow network, and for what they do', async () => {
    const { code, document } = await measure(
      '/',
      '--runs',
      '2',
      '--down',
      '750kbit/s',
      '--latency',
      '100ms',
      '--expect',
      'p50 > 1s',
      '--expect',
      'firstPaint.min >= 100ms',
    );
    expect(document?.measurements.map(({ problem }) => problem)).toEqual(Array(6).fill(null));
    expect(code).toBe(0);
    // 100 kB at 750 kbit/s take 1.07 s.
    expect(valueOf(document, 'page.interactive')).toBeGreaterThan(1.1);
    expect(valueOf(document, 'page.transferred')).toBeGreaterThan(100_000);
    expect(valueOf(document, 'page.blocked')).toBeGreaterThan(0.1);
    expect(document?.measurements.every(({ count }) => count === 2)).toBe(true);
  });

  it('counts from the first page where one sends its reader on', async () => {
    const { document } = await measure('/on', '--runs', '1');
    expect(valueOf(document, 'page.interactive')).toBeGreaterThan(0.5);
  });

  it('lets nothing go by a page that is not whole', async () => {
    const { code, document } = await measure('/broken', '--runs', '1', '--expect', 'p50 < 1h');
    expect(document?.measurements[0]?.problem).toMatch(/not whole: Script .*gone\.js: status 404/);
    expect(document?.notes.join()).toContain('came to nothing');
    expect(code).toBe(1);
  });

  it('lets nothing go by a page that never comes to rest', async () => {
    const { code, document } = await measure(
      '/endless',
      '--runs',
      '1',
      '--timeout',
      '6s',
      '--expect',
      'p50 < 1h',
    );
    expect(document?.measurements[0]).toMatchObject({
      count: 0,
      problem: expect.stringContaining('could not be used within 6 s'),
    });
    expect(code).toBe(1);
  });

  it('takes a page that is not there for no page, and leaves nothing behind', async () => {
    const gone = await measure('/gone', '--runs', '1');
    expect(gone.stderr).toContain('answers with status 404');
    const nobody = await measure(`http://127.0.0.1:${await freePort()}/`, '--runs', '1');
    expect(nobody.stderr).toContain('ERR_CONNECTION_REFUSED');
    expect([gone.code, nobody.code]).toEqual([3, 3]);
    expect([gone.out, nobody.out].flatMap((out) => readdirSync(out))).toEqual([]);
  });
});

describe('measure page, mistyped', () => {
  it.each([
    [['--down', '750'], '--down'],
    [['--latency', 'slow'], '--latency'],
    [['--browser', '/nowhere/chromium'], 'there is no /nowhere/chromium'],
  ])('%j', async (args, said) => {
    const { code, stderr } = await runCli(['measure', 'page', '--url', 'http://127.0.0.1:1/', ...args]);
    expect(stderr).toContain(said);
    expect(code).toBe(3);
  });
});
