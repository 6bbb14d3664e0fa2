import { alertDocument } from '../render/alert.ts';
import { postJson } from './http-post.ts';
import type { Sink } from './sink.ts';

/** Posts the notice as JSON. `Idempotency-Key` is the same at each attempt. */
export function webhookSink(url: string, instance: string): Sink {
  return {
    type: 'webhook',
    refreshMs: null,
    send: (notice, signal) =>
      postJson(url, alertDocument(notice, instance), { 'idempotency-key': notice.id }, signal),
  };
}
