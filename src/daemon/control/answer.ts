import { closest } from 'fastest-levenshtein';
import { healthOf } from '../../core/derive/daemon-health.ts';
import { IdleproofError } from '../../errors.ts';
import type { ControlAnswers, ControlHost, ControlProblem } from '../../model/control-api.ts';
import type { WindowStatus } from '../../model/daemon-status.ts';
import type { ControlRequest } from './route.ts';

/** An answer as HTTP has it. */
export interface Answer {
  status: number;
  body: ControlAnswers[keyof ControlAnswers] | ControlProblem;
}

/** Asks the daemon. What it refuses is an answer too; a fault of its own is told as 500. */
export async function answer(host: ControlHost, request: ControlRequest): Promise<Answer> {
  try {
    return await ask(host, request);
  } catch (error) {
    if (!(error instanceof IdleproofError)) {
      const message = `The daemon could not answer: ${(error as Error).message}`;
      return { status: 500, body: problem('INTERNAL', message, 'Its log says more.') };
    }
    const status = error.code === 'WINDOW_UNKNOWN' ? 404 : error.exitCode === 3 ? 409 : 500;
    return { status, body: problem(error.code, error.message, error.hint) };
  }
}

export const problem = (code: string, message: string, hint: string): ControlProblem => ({
  error: { code, message, hint },
});

async function ask(host: ControlHost, request: ControlRequest): Promise<Answer> {
  switch (request.ask) {
    case 'status':
      return { status: 200, body: host.status() };
    case 'windows':
      return { status: 200, body: { windows: host.status().windows } };
    case 'verdicts':
      if (request.query.windowId !== null) windowOf(host, request.query.windowId);
      return { status: 200, body: { verdicts: host.verdicts(request.query) } };
    case 'health': {
      const health = healthOf(host.status());
      return { status: health.ok ? 200 : 503, body: health };
    }
    case 'reload':
      return { status: 200, body: await host.reload() };
    default:
      return { status: 200, body: { window: await move(host, request) } };
  }
}

async function move(
  host: ControlHost,
  { ask: to, windowId }: { ask: 'open' | 'close'; windowId: string },
): Promise<WindowStatus> {
  const { trigger, state } = windowOf(host, windowId);
  if (trigger !== 'manual') throw new IdleproofError('WINDOW_NOT_MANUAL', { id: windowId, trigger });
  const isWaiting = state === 'waiting';
  if (isWaiting !== (to === 'open')) {
    throw new IdleproofError('WINDOW_STATE', {
      id: windowId,
      state: isWaiting ? 'not open' : 'open already',
    });
  }
  if (to === 'open') await host.openWindow(windowId);
  else await host.closeWindow(windowId);
  return windowOf(host, windowId);
}

function windowOf(host: ControlHost, id: string): WindowStatus {
  const { windows } = host.status();
  const found = windows.find((window) => window.id === id);
  if (found !== undefined) return found;
  const ids = windows.map((window) => window.id);
  const nearest = ids.length === 0 ? '; there are none' : `; did you mean ${closest(id, ids)}?`;
  throw new IdleproofError('WINDOW_UNKNOWN', { id: id.slice(0, 64), nearest });
}
