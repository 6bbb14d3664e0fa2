import { alertBody, alertDocument, alertHeadline } from '../render/alert.ts';
import type { SinkConfig } from '../model/alert.ts';
import { connectionProblem, redact } from './redact.ts';
import { DeliveryError, SEND_TIMEOUT_MS, type Sink } from './sink.ts';

/** A mail of plain text by SMTP. `Message-ID` is the same at each attempt. */
export function emailSink(
  { smtp, from, to }: Extract<SinkConfig, { type: 'email' }>,
  instance: string,
): Sink {
  return {
    type: 'email',
    refreshMs: null,
    send: async (notice, signal) => {
      const document = alertDocument(notice, instance);
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        ...connectionOf(smtp),
        connectionTimeout: SEND_TIMEOUT_MS,
        greetingTimeout: SEND_TIMEOUT_MS,
        socketTimeout: SEND_TIMEOUT_MS,
        dnsTimeout: SEND_TIMEOUT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const stop = (): void => transport.close();
      signal.addEventListener('abort', stop);
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: `[idleproof] ${alertHeadline(document)} (${document.instance})`,
          text: alertBody(document),
          messageId: `<${notice.id}@idleproof.invalid>`,
          date: new Date(notice.sentAtMs),
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw deliveryError(error, smtp);
      } finally {
        signal.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}

/** Taken apart here: an address handed over as a whole could set any option of the library in its query. */
function connectionOf(smtp: string): object {
  const { protocol, hostname, port, username, password } = new URL(smtp);
  const isTls = protocol === 'smtps:';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isTls ? 465 : 587) : Number(port),
    secure: isTls,
    ...(username === ''
      ? {}
      : {
          auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
          // A password goes over an encrypted connection, or not at all, unless it stays on this machine.
          requireTLS: !isTls && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname),
        }),
  };
}

/** RFC 5321, 4.2.1: 5yz is refused for good, 4yz for now. */
function deliveryError(error: unknown, smtp: string): DeliveryError {
  const { responseCode, command } = error as { responseCode?: number; command?: string };
  if (responseCode === undefined || responseCode < 400) {
    return new DeliveryError(connectionProblem(error, [smtp]), false);
  }
  const where = command === undefined ? '' : ` at ${redact(command, [smtp])}`;
  return new DeliveryError(`SMTP ${responseCode}${where}`, responseCode >= 500);
}
