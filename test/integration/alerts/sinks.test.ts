import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSink } from '../../../src/alerts/sinks.ts';
import type { Alert, SinkConfig } from '../../../src/model/alert.ts';
import type { AlertDocument } from '../../../src/render/alert.ts';
import { alertOf, Receiver } from '../../support/alerts.ts';
import { stateOf } from '../../support/programs.ts';
import { until } from '../../support/until.ts';
import { SmtpReceiver } from './smtp-receiver.ts';

const NEVER = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-sinks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const send = (config: SinkConfig, ...alerts: Alert[]): Promise<void> =>
  createSink(config, 'host1').send({ id: 'outbox-1', alerts, sentAtMs: 0 }, NEVER);

describe('slack', () => {
  it('is posted what Slack takes', async () => {
    const receiver = new Receiver();
    await receiver.up();
    try {
      await send({ type: 'slack', url: receiver.url }, alertOf('a'));
      expect(receiver.received[0]?.headers['content-type']).toBe('application/json');
      expect(JSON.parse(receiver.received[0]!.body)).toEqual({
        text: expect.stringMatching(/^\*idleproof\*\n```\nFIRING: network-activity: a\n/) as string,
        unfurl_links: false,
        unfurl_media: false,
      });
    } finally {
      await receiver.down();
    }
  });
});

describe('email', () => {
  let receiver: SmtpReceiver;
  let port: number;
  beforeEach(async () => {
    receiver = new SmtpReceiver();
    port = await receiver.up();
  });
  afterEach(() => receiver.down());

  const config = (login = ''): SinkConfig => ({
    type: 'email',
    smtp: `smtp://${login}127.0.0.1:${port}`,
    from: 'idleproof@example.com',
    to: ['a@example.com', 'b@example.com'],
  });

  it('is one mail to everybody, its text and headers what they should be', async () => {
    await send(config(), alertOf('a', { title: 'x\r\nBcc: evil@example.com', text: '.\n..dots\nend' }));
    expect(receiver.mails).toHaveLength(1);
    const { commands, data } = receiver.mails[0]!;
    expect(commands).toContain('MAIL FROM:<idleproof@example.com>');
    expect(commands.filter((line) => line.startsWith('RCPT'))).toEqual([
      'RCPT TO:<a@example.com>',
      'RCPT TO:<b@example.com>',
    ]);
    const [head = '', body = ''] = data.split('\r\n\r\n');
    expect(head).toMatch(/^Message-ID: <outbox-1@idleproof\.invalid>$/m);
    expect(head).toMatch(/^Date: Thu, 01 Jan 1970 00:00:00 \+0000$/m);
    expect(head).not.toMatch(/^Bcc/m);
    expect(head.replaceAll('\r\n ', ' ')).toContain('[idleproof] FIRING: x\\x0d\\x0aBcc');
    expect(body).toMatch(/^\.\r\n\.\.dots\r\nend/);
  });

  it('logs in with user and password from the address', async () => {
    await send(config('watch%40home:p%40ss@'), alertOf('a'));
    const auth = receiver.mails[0]?.commands.find((line) => line.startsWith('AUTH'));
    expect(Buffer.from(auth?.split(' ')[2] ?? '', 'base64').toString()).toBe('\0watch@home\0p@ss');
  });

  it('says what the server answered, not what it was told', async () => {
    receiver.answers = { AUTH: '535 no watch:hunter2hunter2 here' };
    await expect(send(config('watch:hunter2hunter2@'), alertOf('a'))).rejects.toMatchObject({
      message: expect.stringMatching(/^SMTP 535 at AUTH/) as string,
      isRefusal: true,
    });
    receiver.answers = { RCPT: '450 busy' };
    await expect(send(config(), alertOf('a'))).rejects.toMatchObject({ isRefusal: false });
    await receiver.down();
    await expect(send(config(), alertOf('a'))).rejects.toMatchObject({
      message: 'connection refused (ECONNREFUSED)',
      isRefusal: false,
    });
    await receiver.up();
  });

  it('does not send a password in clear to another machine', async () => {
    const remote = {
      ...config(),
      smtp: `smtp://watch:hunter2hunter2@localhost.localdomain:${port}`,
    } as SinkConfig;
    await expect(send(remote, alertOf('a'))).rejects.toThrow();
    expect(receiver.mails).toEqual([]);
  });
});

/** It is gone, or a zombie: it may go between being found and being read. */
function hasEnded(pid: number): boolean {
  try {
    return stateOf(pid) === 'Z';
  } catch {
    return true;
  }
}

describe('command', () => {
  const script = (text: string): string => {
    const path = join(folder, 'sink.mjs');
    writeFileSync(path, `#!${process.execPath}\n${text}`);
    chmodSync(path, 0o755);
    return path;
  };
  const command = (argv: readonly string[], timeoutMs = 30_000): SinkConfig => ({
    type: 'command',
    argv,
    timeoutMs,
  });
  const KEEP = `
    import { readFileSync, writeFileSync } from 'node:fs';
    writeFileSync(process.argv[2], JSON.stringify({ argv: process.argv.slice(3), stdin: readFileSync(0, 'utf8'), env: process.env }));`;

  it('gets its arguments as they are, and the alert as JSON on its standard input', async () => {
    const out = join(folder, 'out.json');
    const argv = ['a b', '$HOME', '"quoted"', '`x`', '', '*', '; rm -rf /', '${ALERT}', 'ünï\ncode'];
    await send(command([script(KEEP), out, ...argv]), alertOf('$(touch /tmp/x)', { text: '`id`' }));
    const got = JSON.parse(readFileSync(out, 'utf8')) as { argv: string[]; stdin: string };
    expect(got.argv).toEqual(argv);
    expect((JSON.parse(got.stdin) as AlertDocument).alerts[0]).toMatchObject({
      key: '$(touch /tmp/x)',
      text: '`id`',
    });
  });

  it('need not read what it is given', async () => {
    const big = alertOf('a', { text: 'x'.repeat(100_000) });
    await send(command([script('process.exit(0)')]), ...Array.from({ length: 90 }, () => big));
  });

  it('is not handed over the way to speak for the service', async () => {
    const out = join(folder, 'out.json');
    process.env['NOTIFY_SOCKET'] = '/run/none';
    try {
      await send(command([script(KEEP), out]), alertOf('a'));
    } finally {
      delete process.env['NOTIFY_SOCKET'];
    }
    expect(readFileSync(out, 'utf8')).not.toContain('NOTIFY_SOCKET');
  });

  it('has failed when it says so, with what it wrote, bounded, without secrets', async () => {
    process.env['TEST_TOKEN'] = 'hunter2hunter2';
    try {
      const failing = script(
        'console.error(process.env.TEST_TOKEN + " \\u001b[31m " + "x".repeat(1e5)); process.exitCode = 7',
      );
      const failure = await send(command([failing]), alertOf('a')).catch((error: Error) => error);
      expect((failure as Error).message).toMatch(/^exit code 7: \(redacted\) \\x1b\[31m x{100,300}…$/);
    } finally {
      delete process.env['TEST_TOKEN'];
    }
    await expect(send(command([join(folder, 'none')]), alertOf('a'))).rejects.toThrow(/could not be started/);
  });

  it('is ended in time, with what it has started', async () => {
    const out = join(folder, 'pid');
    // A shell, which has started something long before its time is over.
    const slow = ['sh', '-c', `sleep 600 & echo $! > '${out}'; wait`];
    await expect(send(command(slow, 5_000), alertOf('a'))).rejects.toThrow('it did not end in 5 s');
    const pid = readFileSync(out, 'utf8').trim();
    // Nobody may have reaped it yet.
    await until(() => hasEnded(Number(pid)));
  });

  it('is ended when the watch ends', async () => {
    const stop = new AbortController();
    const sending = createSink(command([script('setInterval(() => {}, 1e6)')]), 'h').send(
      { id: 'x', alerts: [alertOf('a')], sentAtMs: 0 },
      stop.signal,
    );
    stop.abort();
    await expect(sending).rejects.toThrow('interrupted');
  });
});
