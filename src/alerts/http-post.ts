import type { ClientRequest, IncomingMessage } from 'node:http';
import { connectionProblem } from './redact.ts';
import { DeliveryError, SEND_TIMEOUT_MS } from './sink.ts';

/** Try again later: the receiver is busy or broken, or something before it is. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Posts JSON on a connection of its own, which is closed at once: an idle watchdog keeps none. Redirects are not followed,
 * so that nothing goes where nobody sent it. The answer's body is not read.
 * @param url http or https; user and password in it are sent as basic authentication
 */
export async function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const text = Buffer.from(JSON.stringify(body));
  const address = new URL(url);
  const { request } = await (address.protocol === 'https:' ? import('node:https') : import('node:http'));
  const limit = AbortSignal.timeout(SEND_TIMEOUT_MS);
  const status = await new Promise<number>((resolve, reject) => {
    const call: ClientRequest = request(address, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.any([signal, limit]),
      headers: { ...headers, 'content-type': 'application/json', 'content-length': text.length },
    });
    call.once('response', (response: IncomingMessage) => {
      response.on('error', () => {});
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    call.once('error', reject);
    call.end(text);
  }).catch((error: unknown) => {
    if (limit.aborted) throw new DeliveryError(`no answer in ${SEND_TIMEOUT_MS / 1000} s`, false);
    throw new DeliveryError(connectionProblem(error, [url]), false);
  });
  if (status >= 200 && status < 300) return;
  throw new DeliveryError(`HTTP ${status}`, status >= 300 && status < 500 && !PASSING.has(status));
}
