import { createHash } from 'node:crypto';
import { redactCmdline } from '../../core/parse/cmdline.ts';

/** What of an address says what is asked for, wherever it is served: path and query, without secrets. */
export const pathOf = (url: string): string => redactCmdline([url]).replace(/^\w+:\/\/[^/]*/, '');

/** Which body was sent, by which another one of the same length is known; it may hold secrets, so that only a part of its SHA-256 is told. */
export const bodyDigestOf = (body: string): string =>
  createHash('sha256').update(body).digest('hex').slice(0, 12);
