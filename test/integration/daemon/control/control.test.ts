import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlClient } from '../../../../src/daemon/control/client.ts';
import { controlPath } from '../../../../src/daemon/control/path.ts';
import { type ControlServer, startControlServer } from '../../../../src/daemon/control/server.ts';
import { HTTP_LIMITS, type HttpLimits } from '../../../../src/daemon/http-limits.ts';
import { IdleproofError } from '../../../../src/errors.ts';
import { loadNative } from '../../../../src/os/native.ts';
import { peerUidReader } from '../../../../src/os/peer-uid.ts';
import { HostStub } from '../../../support/daemon-status.ts';
import { isRoot } from '../../../support/programs.ts';
import { until } from '../../../support/until.ts';

let folder: string;
let host: HostStub;
let server: ControlServer | null;

beforeEach(() => {
  // Not below a long TMPDIR: the address of a socket is short.
  folder = mkdtempSync(join(tmpdir(), 'ip-control-'));
  host = new HostStub();
  server = null;
});
afterEach(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (limits: Partial<HttpLimits> = {}): Promise<string> => {
  server = await startControlServer(folder, host, { ...HTTP_LIMITS, ...limits });
  return server.path;
};

const refusal = (code: string) => expect.objectContaining({ name: 'IdleproofError', code });

interface Reply {
  status: number;
  body: any;
  headers: NodeJS.Dict<string | string[]>;
}

function ask(method: string, path: string, body = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: controlPath(folder), method, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text), headers: response.headers }),
      );
    });
    call.once('error', reject);
    call.end(body);
  });
}

/** Whether somebody who asks is answered: on a busy host a short limit cuts him off as well. */
const isAnswered = (): Promise<boolean> =>
  ask('GET', '/v1/status').then(
    ({ status }) => status === 200,
    () => false,
  );

/** What a client hears that speaks for itself, until it is cut off. */
function raw(text: string, onConnect: (socket: Socket) => void = () => {}): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(controlPath(folder), () => {
      socket.write(text);
      onConnect(socket);
    });
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('error', () => {});
    socket.once('close', () => resolve(heard));
  });
}

describe('the control socket', () => {
  it('tells the status, and the parts of it', async () => {
    await start();
    const client = controlClient(folder);
    expect(await client.status()).toEqual(host.current);
    expect(await client.windows()).toEqual({ windows: host.current.windows });
    expect(await client.verdicts({ windowId: 'nightly', limit: 5 })).toEqual({ verdicts: [host.history[1]] });
    expect(await client.verdicts({ windowId: null, limit: 1 })).toEqual({ verdicts: [host.history[0]] });
    expect(await client.health()).toMatchObject({ ok: true });
    expect(await client.reload()).toMatchObject({ changed: false });
  });

  it('is 0600, and gone when it is closed', async () => {
    const path = await start();
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await server?.close();
    server = null;
    expect(existsSync(path)).toBe(false);
    await expect(controlClient(folder).status()).rejects.toThrowError(refusal('DAEMON_NOT_RUNNING'));
  });

  it('is born 0600, whatever the umask, and gives the umask back', async () => {
    const before = process.umask(0);
    try {
      const path = await start();
      expect(lstatSync(path).mode & 0o777).toBe(0o600);
      expect(process.umask()).toBe(0);
    } finally {
      process.umask(before);
    }
  });

  it('opens and closes a window by hand', async () => {
    await start();
    const client = controlClient(folder);
    expect(await client.openWindow('by-hand')).toMatchObject({ window: { id: 'by-hand', state: 'open' } });
    await expect(client.openWindow('by-hand')).rejects.toThrow(/by-hand is open already/);
    expect(await client.closeWindow('by-hand')).toMatchObject({ window: { state: 'waiting' } });
    await expect(client.closeWindow('by-hand')).rejects.toThrow(/by-hand is not open/);
    expect(host.calls).toEqual(['open by-hand', 'waiting by-hand']);
  });

  it('refuses other windows, with the nearest', async () => {
    await start();
    const client = controlClient(folder);
    await expect(client.openWindow('by-hnd')).rejects.toThrow(/no window «by-hnd»; did you mean by-hand\?/);
    await expect(client.closeWindow('after-chat')).rejects.toThrow(/its trigger is user-quiet/);
    await expect(client.verdicts({ windowId: 'x/y?z', limit: 1 })).rejects.toThrow(/x\/y\?z/);
    expect(host.calls).toEqual([]);
  });

  it('tells errors as JSON, with their status', async () => {
    await start();
    expect(await ask('POST', '/v1/windows/nobody/open')).toMatchObject({
      status: 404,
      body: { error: { code: 'WINDOW_UNKNOWN' } },
    });
    expect(await ask('POST', '/v1/windows/after-chat/open')).toMatchObject({ status: 409 });
    expect(await ask('GET', '/status')).toMatchObject({
      status: 404,
      body: { error: { code: 'CONTROL_REQUEST' } },
    });
    expect(await ask('POST', '/v1/status')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });

  it('tells what the daemon refuses, and a fault of its own', async () => {
    await start();
    host.reload = () => {
      throw new IdleproofError('CONFIG_INVALID', { problems: 'idleproof.yaml:3:1: «tik» is not a key here' });
    };
    await expect(controlClient(folder).reload()).rejects.toThrow(/«tik» is not a key/);
    expect(await ask('POST', '/v1/reload')).toMatchObject({
      status: 409,
      body: { error: { code: 'CONFIG_INVALID' } },
    });
    host.reload = () => Promise.reject(new Error('out of luck'));
    expect(await ask('POST', '/v1/reload')).toMatchObject({
      status: 500,
      body: { error: { code: 'INTERNAL' } },
    });
    await expect(controlClient(folder).reload()).rejects.toThrowError(refusal('DAEMON_ANSWER'));
  });

  it('tells by its status that the daemon is not well', async () => {
    await start();
    host.current = { ...host.current, lastLookAtMs: host.current.atMs - 60_000 };
    expect((await ask('GET', '/v1/healthz')).status).toBe(503);
    expect(await controlClient(folder).health()).toMatchObject({ ok: false, loop: { ok: false } });
  });
});

describe('a client that costs too much', () => {
  it('is refused a long body, long headers, and what is no HTTP', async () => {
    await start({ bodyBytes: 100 });
    expect((await ask('POST', '/v1/reload', 'x'.repeat(100))).status).toBe(200);
    expect((await ask('POST', '/v1/reload', 'x'.repeat(101))).status).toBe(413);
    expect(await raw(`GET /v1/status HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(10_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431/,
    );
    expect(await raw('\u0000\u0001 what?\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    expect(host.calls).toEqual(['reload']);
    expect((await ask('GET', '/v1/status')).status).toBe(200);
  });

  it('is cut off when it is slow, with its headers or its body, byte by byte', async () => {
    await start({ connectionMs: 300 });
    const drip = (socket: Socket): void => {
      const timer = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(timer));
    };
    expect(await raw('GET /v1/status HTTP/1.1\r\nhost: x\r\nx: ', drip)).toBe('');
    expect(await raw('POST /v1/reload HTTP/1.1\r\nhost: x\r\ncontent-length: 4000\r\n\r\n', drip)).toBe('');
    expect(await raw('')).toBe('');
    expect(host.calls).toEqual([]);
    await until(isAnswered);
  });

  it('is one of a bounded number', async () => {
    await start({ connections: 2, connectionMs: 60_000 });
    const held = [0, 1].map(() => connect(controlPath(folder)));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    // Connections are accepted in order: this one is the third.
    expect(await raw('GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
    for (const socket of held) socket.destroy();
    await until(isAnswered);
  });

  it('has one answer a connection', async () => {
    await start();
    const line = 'GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n';
    const heard = await raw(line + line);
    expect(heard.match(/HTTP\/1.1 200/g)).toHaveLength(1);
    expect(heard).toMatch(/connection: close/i);
  });
});

describe('a socket that is there already', () => {
  /** Another process that listens, as a daemon does. */
  async function listener(): Promise<ChildProcess> {
    const code = `require('node:net').createServer().listen(process.argv[1], () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', code, controlPath(folder)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    return child;
  }

  const killed = (child: ChildProcess): Promise<unknown> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    return ended;
  };

  it('is removed when its daemon was killed', async () => {
    await killed(await listener());
    expect(existsSync(controlPath(folder))).toBe(true);
    await start();
    expect(await controlClient(folder).status()).toEqual(host.current);
  });

  it('is left alone when its daemon lives, stopped or not', async () => {
    const child = await listener();
    try {
      for (const signal of ['SIGCONT', 'SIGSTOP'] as const) {
        child.kill(signal);
        await expect(startControlServer(folder, host)).rejects.toThrowError(refusal('CONTROL_TAKEN'));
      }
      expect(existsSync(controlPath(folder))).toBe(true);
      await expect(controlClient(folder, 300).status()).rejects.toThrowError(refusal('DAEMON_ANSWER'));
    } finally {
      await killed(child);
    }
  });

  it('is left alone when it is no socket', async () => {
    writeFileSync(controlPath(folder), 'precious');
    await expect(startControlServer(folder, host)).rejects.toThrow(/not a socket/);
    expect(existsSync(controlPath(folder))).toBe(true);
  });

  it('is not made in a folder that others may write', async () => {
    chmodSync(folder, 0o770);
    await expect(startControlServer(folder, host)).rejects.toThrowError(refusal('CONTROL_FOLDER'));
    rmSync(folder, { recursive: true });
    await expect(startControlServer(folder, host)).rejects.toThrow(/folder is missing/);
  });
});

/** Whether the kernel is asked here who is at the other end. */
function tellsPeers(): boolean {
  const tells = loadNative() !== null;
  if (!tells) console.log('skipped: without koffi nobody is asked who is at the other end');
  return tells;
}

describe('who asks', () => {
  it('is told by the kernel', async () => {
    const path = join(folder, 's');
    const listening = createServer().listen(path);
    const accepted = new Promise<Socket>((resolve) => listening.once('connection', resolve));
    const client = connect(path);
    const uid = peerUidReader()(await accepted);
    client.destroy();
    await new Promise((resolve) => listening.close(resolve));
    if (uid === null) console.log('skipped: this platform does not tell who is at the other end');
    else expect(uid).toBe(process.geteuid?.());
  });

  it.skipIf(!isRoot('another user'))('is another user: EACCES at the folder, and at the socket', async () => {
    await start();
    const code = `require('node:net').connect(process.argv[1]).on('error', (e) => console.log(e.code)).on('connect', () => console.log('connected'))`;
    const run = (): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, ['-e', code, controlPath(folder)], {
          uid: 65_534,
          gid: 65_534,
        });
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
        child.once('close', () => resolve(text.trim()));
      });
    expect(await run()).toBe('EACCES');
    chmodSync(folder, 0o755);
    expect(await run()).toBe('EACCES');
  });

  it.skipIf(!isRoot('another user') || !tellsPeers())(
    'is another user whom the mode let in: refused by who it is',
    async () => {
      const path = await start();
      chmodSync(folder, 0o755);
      chmodSync(path, 0o666);
      const code = `require('node:http').get({ socketPath: process.argv[1], path: '/v1/status' }, (r) => console.log(r.statusCode)).on('error', (e) => console.log(e.code))`;
      const child = spawn(process.execPath, ['-e', code, path], { uid: 65_534, gid: 65_534 });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await new Promise((resolve) => child.once('close', resolve));
      expect(text.trim()).toBe('403');
      expect(host.calls).toEqual([]);
    },
  );
});
