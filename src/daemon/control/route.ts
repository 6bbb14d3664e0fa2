import type { VerdictQuery } from '../../model/control-api.ts';

/** What a client asks for. */
export type ControlRequest =
  | { ask: 'status' | 'windows' | 'health' | 'reload' }
  | { ask: 'verdicts'; query: VerdictQuery }
  | { ask: 'open' | 'close'; windowId: string };

/** A request that nobody can answer. `allow`: the methods that this path knows. */
export interface RouteProblem {
  status: 400 | 404 | 405;
  message: string;
  allow?: string;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;

const PLAIN: Readonly<
  Record<string, { method: 'GET' | 'POST'; ask: 'status' | 'windows' | 'health' | 'reload' }>
> = {
  '/v1/status': { method: 'GET', ask: 'status' },
  '/v1/windows': { method: 'GET', ask: 'windows' },
  '/v1/healthz': { method: 'GET', ask: 'health' },
  '/v1/reload': { method: 'POST', ask: 'reload' },
};

const WINDOW_PATH = /^\/v1\/windows\/([^/]+)\/(open|close)$/;

/** Reads method and target of a request. */
export function route(method: string, target: string): ControlRequest | RouteProblem {
  const [path = '', search = ''] = target.split('?', 2);
  const plain = Object.hasOwn(PLAIN, path) ? PLAIN[path] : undefined;
  if (plain !== undefined) return plain.method === method ? { ask: plain.ask } : wrongMethod(plain.method);
  if (path === '/v1/verdicts') return method === 'GET' ? verdicts(search) : wrongMethod('GET');
  const [, id, ask] = WINDOW_PATH.exec(path) ?? [];
  if (id === undefined) {
    return {
      status: 404,
      message: 'There is nothing at this path; the paths of this version begin with /v1/.',
    };
  }
  if (method !== 'POST') return wrongMethod('POST');
  const windowId = decoded(id);
  if (windowId === null) return { status: 400, message: 'The id of the window is not properly encoded.' };
  return { ask: ask as 'open' | 'close', windowId };
}

function verdicts(search: string): ControlRequest | RouteProblem {
  const params = new URLSearchParams(search);
  for (const key of params.keys()) {
    if (key !== 'window' && key !== 'limit')
      return { status: 400, message: 'Verdicts are asked for by window and limit.' };
  }
  const text = params.get('limit') ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) {
    return { status: 400, message: `limit must be a whole number from 1 to ${MAX_LIMIT}.` };
  }
  return { ask: 'verdicts', query: { windowId: params.get('window'), limit } };
}

const wrongMethod = (allow: string): RouteProblem => ({
  status: 405,
  message: `This path is asked by ${allow}.`,
  allow,
});

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
