import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureDocument } from '../../src/model/measure-document.ts';
import { runCli } from '../support/cli.ts';
import { freePort, isRoot, startPython } from '../support/programs.ts';
import { MeasureRig, numberOf, slowServer } from '../support/measure-rig.ts';

let rig: MeasureRig;
beforeAll(() => {
  rig = new MeasureRig();
});
afterAll(() => rig.close());

describe('measure startup', () => {
  it('waits for 2xx, and for nothing less', async () => {
    const port = await freePort();
    const { document, result, evidence } = await rig.measure(
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
    const { proof, code } = await rig.judge(
      evidence,
      '  - { id: start, kind: measurement, measurement: startup, target: backend, expect: { p50: "< 60s" } }',
    );
    expect(code, proof.headline).toBe(0);
  });

  it('each start is ready by its own line, not by that of the start before', async () => {
    const script = "setTimeout(() => console.log('ready'), 300); setInterval(() => {}, 1e6)";
    const { document } = await rig.measure(
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
    const python = await rig.started(
      startPython(
        'import http.server; http.server.HTTPServer(("127.0.0.1", {port}), http.server.SimpleHTTPRequestHandler).serve_forever()',
        true,
      ),
    );
    const file = join(rig.folder, 'left');
    writeFileSync(file, '');
    for (const ready of [`http://127.0.0.1:${python.port}/`, `port:${python.port}`, `file:${file}`]) {
      const { code, stderr } = await runCli([
        'measure',
        'startup',
        '--ready',
        ready,
        '--out',
        rig.nextOut(),
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
    const model = join(rig.folder, 'tiny.gguf');
    writeFileSync(model, Buffer.alloc(1 << 20));
    const code = `import mmap, time; f = open('${model}', 'rb'); m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ); m[0:4096]; print('up', flush=True); time.sleep(100)`;
    const { document } = await rig.measure(
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
      rig.nextOut(),
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
      rig.nextOut(),
      '--',
      'sleep',
      '99',
    ]);
    expect(never.code).toBe(3);
    expect(never.stderr).toContain('COMMAND_NOT_READY');
  });
});
