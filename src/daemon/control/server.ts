import { chmodSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { IdleproofError } from '../../errors.ts';
import type { ControlHost } from '../../model/control-api.ts';
import { peerUidReader } from '../../os/peer-uid.ts';
import { boundedServer, closeServer, drained, HTTP_LIMITS, type HttpLimits } from '../http-limits.ts';
import { type Answer, answer, problem } from './answer.ts';
import { clearStaleSocket } from './claim.ts';
import { controlPath } from './path.ts';
import { route } from './route.ts';

/** A control socket that takes requests until `close`, which removes it. */
export interface ControlServer {
  path: string;
  close(): Promise<void>;
}

/** Only the daemon's own user may connect. */
const SOCKET_UMASK = 0o177;
const SOCKET_MODE = 0o600;

/**
 * Listens in a state folder whose lock the caller holds.
 * @throws IdleproofError where another daemon listens there, or nobody can
 */
export async function startControlServer(
  stateFolder: string,
  host: ControlHost,
  limits: HttpLimits = HTTP_LIMITS,
): Promise<ControlServer> {
  const path = controlPath(stateFolder);
  const isFile = process.platform !== 'win32';
  if (isFile) await clearStaleSocket(path);
  const isAllowed = peerCheck();
  const server = boundedServer((request, response) => {
    // Whatever is wrong with one request, the daemon goes on.
    respond(host, isAllowed, limits, request, response).catch(() => response.destroy());
  }, limits);
  await listen(server, path);
  if (isFile) chmodSync(path, SOCKET_MODE);
  return { path, close: () => closeServer(server) };
}

/** The socket is made with its mode, not given it afterwards: nobody can connect in between. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new IdleproofError('CONTROL_LISTEN', { path, problem: error.message }, error));
    });
    server.once('listening', () => {
      server.on('error', () => {});
      resolve();
    });
    const umask = process.umask(SOCKET_UMASK);
    try {
      server.listen(path);
    } finally {
      process.umask(umask);
    }
  });
}

/** Root and the daemon's own user; where the kernel does not tell who it is, the mode of the socket decides alone. */
function peerCheck(): (socket: Socket) => boolean {
  const peerUid = peerUidReader();
  const own = process.geteuid?.();
  return (socket) => {
    const uid = peerUid(socket);
    return uid === null || uid === 0 || uid === own;
  };
}

async function respond(
  host: ControlHost,
  isAllowed: (socket: Socket) => boolean,
  { bodyBytes }: HttpLimits,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAllowed(request.socket)) {
    send(response, refused(403, 'CONTROL_FORBIDDEN', 'This daemon belongs to another user.'));
    return;
  }
  const asked = route(request.method ?? '', request.url ?? '');
  if ('status' in asked) {
    if (asked.allow !== undefined) response.setHeader('allow', asked.allow);
    send(response, refused(asked.status, 'CONTROL_REQUEST', asked.message));
    return;
  }
  if (!(await drained(request, bodyBytes))) {
    send(response, refused(413, 'CONTROL_REQUEST', 'No request needs a body as large as this.'));
    return;
  }
  send(response, await answer(host, asked));
}

const refused = (status: number, code: string, message: string): Answer => ({
  status,
  body: problem(code, message, 'The paths are in docs/control.md.'),
});

function send(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed) return;
  const text = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': text.length,
    'cache-control': 'no-store',
  });
  response.end(text);
}
