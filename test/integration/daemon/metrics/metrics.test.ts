import { spawnSync } from 'node:child_process';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HTTP_LIMITS } from '../../../../src/daemon/http-limits.ts';
import { type MetricsServer, startMetricsServer } from '../../../../src/daemon/metrics/server.ts';
import { HostStub, statusOf, verdictOf, windowOf } from '../../../support/daemon-status.ts';
import { freePort, hasProgram } from '../../../support/programs.ts';

let host: HostStub;
let port: number;
let server: MetricsServer;

beforeEach(async () => {
  host = new HostStub();
  port = await freePort();
  server = await startMetricsServer(`127.0.0.1:${port}`, host);
});
afterEach(() => server.close());

const refusal = (code: string) => expect.objectContaining({ name: 'IdleproofError', code, exitCode: 3 });

/** A scrape, and the port that it came from. */
function scrape(
  path: string,
  agent?: Agent,
): Promise<{ status: number; text: string; type: string; from: number }> {
  return new Promise((resolve, reject) => {
    const call = get(
      { host: '127.0.0.1', port, path, ...(agent === undefined ? {} : { agent }) },
      (response) => {
        let text = '';
        const from = call.socket?.localPort ?? 0;
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text,
            type: response.headers['content-type'] ?? '',
            from,
          }),
        );
      },
    );
    call.once('error', reject);
  });
}

const promtool = (text: string): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
};

describe('/metrics', () => {
  it('is the text format of Prometheus', async () => {
    const { status, text, type } = await scrape('/metrics');
    expect(status).toBe(200);
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('# TYPE idleproof_window_verdicts_total counter\n');
    expect(text).toContain('idleproof_window_verdict{window="nightly",verdict="fail"} 1\n');
    expect(text).toContain('idleproof_target_cpu_ratio{target="backend"} 0.0012\n');
    // Its own registry: nothing of the runtime's.
    expect(text).not.toMatch(/^(?:nodejs|process)_/m);
  });

  it.skipIf(!hasProgram('promtool'))('is accepted by promtool, without a remark', async () => {
    expect(promtool((await scrape('/metrics')).text)).toEqual({ status: 0, output: '' });
    const name = 'a"b\\c\nd\u001b{}=,é';
    host.current = statusOf({
      windows: [windowOf({ id: name, lastVerdict: verdictOf({ findings: { [name]: 1 } }) })],
      targets: [],
      problems: [],
    });
    expect(promtool((await scrape('/metrics')).text)).toEqual({ status: 0, output: '' });
    // And promtool does remark on what is wrong.
    expect(promtool('# TYPE x counter\nx 1\n').status).not.toBe(0);
  });

  it('follows what changes, and leaves nothing old behind', async () => {
    await scrape('/metrics');
    host.current = statusOf({ windows: [windowOf({ id: 'other', lastVerdict: null })] });
    const { text } = await scrape('/metrics');
    expect(text).toContain('window="other"');
    expect(text).not.toContain('nightly');
    expect(text).not.toContain('idleproof_window_verdict{');
  });

  it('keeps the connection of its scraper', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await scrape('/metrics', agent);
    const second = await scrape('/healthz', agent);
    agent.destroy();
    expect(second.from).toBe(first.from);
  });

  it('refuses other paths and methods, and cuts a slow client off', async () => {
    expect((await scrape('/')).status).toBe(404);
    await server.close();
    server = await startMetricsServer(`127.0.0.1:${port}`, host, { ...HTTP_LIMITS, connectionMs: 200 });
    const heard = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('POST /metrics HTTP/1.1\r\nhost: x\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('error', () => {}).once('close', () => resolve(text));
    });
    expect(heard).toBe('');
  });

  it('tells a fault of the daemon as one', async () => {
    host.status = () => {
      throw new Error('out of luck');
    };
    expect(await scrape('/metrics')).toMatchObject({ status: 500, text: 'out of luck\n' });
  });
});

describe('/healthz', () => {
  it('says whether the loop ticks and the store commits', async () => {
    const well = await scrape('/healthz');
    expect(well.status).toBe(200);
    expect(JSON.parse(well.text)).toMatchObject({ ok: true });
    host.current = { ...host.current, lastLookAtMs: host.current.atMs - 60_000 };
    const sick = await scrape('/healthz');
    expect(sick.status).toBe(503);
    expect(JSON.parse(sick.text)).toMatchObject({ ok: false, loop: { ok: false }, store: { ok: true } });
    expect((await scrape('/metrics')).text).toContain('idleproof_healthy{part="loop"} 0\n');
  });
});

describe('where it listens', () => {
  it.each(['0.0.0.0:9477', '[::]:9477', '192.0.2.1:9477', 'example.org:9477', '9477'])(
    '%s is a configuration error',
    async (address) => {
      await expect(startMetricsServer(address, host)).rejects.toThrowError(refusal('METRICS_ADDRESS'));
    },
  );

  it('is an error where somebody has the port', async () => {
    await expect(startMetricsServer(`127.0.0.1:${port}`, host)).rejects.toThrowError(
      refusal('METRICS_LISTEN'),
    );
  });
});
