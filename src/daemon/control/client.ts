import { request } from 'node:http';
import { IdleproofError } from '../../errors.ts';
import type { ControlAnswers, ControlProblem, VerdictQuery } from '../../model/control-api.ts';
import { controlPath } from './path.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16_000_000;

/** Talks to the daemon of a state folder; every call throws an IdleproofError that says what is wrong. */
export interface ControlClient {
  status(): Promise<ControlAnswers['status']>;
  windows(): Promise<ControlAnswers['windows']>;
  verdicts(query: VerdictQuery): Promise<ControlAnswers['verdicts']>;
  openWindow(id: string): Promise<ControlAnswers['window']>;
  closeWindow(id: string): Promise<ControlAnswers['window']>;
  reload(): Promise<ControlAnswers['reload']>;
  /** Also of a daemon that is not well. */
  health(): Promise<ControlAnswers['health']>;
}

/** A client of the daemon whose state lies in this folder. */
export function controlClient(stateFolder: string, timeoutMs: number = TIMEOUT_MS): ControlClient {
  const path = controlPath(stateFolder);
  const ask = async <T>(method: 'GET' | 'POST', target: string, unwell = 200): Promise<T> => {
    const { status, text } = await exchange(path, method, target, timeoutMs);
    const body = parsed(text, path);
    if (status === 200 || status === unwell) return body as T;
    throw refusal(path, status, (body as Partial<ControlProblem>).error);
  };
  return {
    status: () => ask('GET', '/v1/status'),
    windows: () => ask('GET', '/v1/windows'),
    verdicts: ({ windowId, limit }) => {
      const params = new URLSearchParams({
        limit: String(limit),
        ...(windowId === null ? {} : { window: windowId }),
      });
      return ask('GET', `/v1/verdicts?${params.toString()}`);
    },
    openWindow: (id) => ask('POST', windowPath(id, 'open')),
    closeWindow: (id) => ask('POST', windowPath(id, 'close')),
    reload: () => ask('POST', '/v1/reload'),
    health: () => ask('GET', '/v1/healthz', 503),
  };
}

const windowPath = (id: string, to: string): string => `/v1/windows/${encodeURIComponent(id)}/${to}`;

function refusal(path: string, status: number, error: Partial<ControlProblem['error']> = {}): IdleproofError {
  if (status === 403) return new IdleproofError('DAEMON_NOT_YOURS', { path });
  const { message = `it answered with status ${status}`, hint = '' } = error;
  if (status >= 500)
    return new IdleproofError('DAEMON_ANSWER', { path, problem: message.replace(/\.$/, '') });
  return new IdleproofError('DAEMON_REFUSED', { message, hint });
}

function parsed(text: string, path: string): object {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Told below.
  }
  throw new IdleproofError('DAEMON_ANSWER', { path, problem: 'what it says is not JSON' });
}

function exchange(
  socketPath: string,
  method: string,
  path: string,
  timeoutMs: number,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string): void =>
      reject(new IdleproofError('DAEMON_ANSWER', { path: socketPath, problem }));
    const call = request(
      { socketPath, method, path, agent: false, headers: { host: 'idleproof' } },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > MAX_ANSWER_BYTES) call.destroy(new Error('its answer has no end'));
        });
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
        response.once('error', ({ message }) => fail(message));
      },
    );
    // From the connection to the last byte: a stopped daemon takes connections, and says nothing.
    const timer = setTimeout(() => {
      call.destroy(new Error(`it did not answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    call.once('close', () => clearTimeout(timer));
    call.once('error', (error: NodeJS.ErrnoException) => {
      const known = CONNECT_ERRORS[error.code ?? ''];
      if (known === undefined) fail(error.message);
      else reject(new IdleproofError(known, { path: socketPath }, error));
    });
    call.end();
  });
}

/** See connect(2). */
const CONNECT_ERRORS: Readonly<Record<string, 'DAEMON_NOT_RUNNING' | 'DAEMON_NOT_YOURS'>> = {
  ENOENT: 'DAEMON_NOT_RUNNING',
  ENOTDIR: 'DAEMON_NOT_RUNNING',
  ECONNREFUSED: 'DAEMON_NOT_RUNNING',
  EACCES: 'DAEMON_NOT_YOURS',
  EPERM: 'DAEMON_NOT_YOURS',
};
