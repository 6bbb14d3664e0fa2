import { z } from 'zod';
import { parseDurationMs } from '../core/parse/duration.ts';
import {
  type Environment,
  fromEnvironment,
  isReferring,
  isWellReferred,
  REFERENCE_PROBLEM,
  sayMissing,
  variablesIn,
} from '../core/parse/environment.ts';
import { durationText } from '../core/parse/unit-text.ts';
import { unitTextSchema } from '../core/rules/unit-text-schema.ts';
import type { SinkConfig } from '../model/alert.ts';
import { commandLine } from './field-schemas.ts';
import type { YamlDocument } from './yaml-document.ts';

const HTTP = ['http:', 'https:'] as const;
const SMTP = ['smtp:', 'smtps:'] as const;
const MOST_SINKS = 20;
const LONGEST_TIMEOUT_MS = 300_000;
const DEFAULT_TIMEOUT = '30s';

const text = z.string().min(1).max(4096);

/** An address that may be a secret: written out, or taken from the environment, wholly or in part. */
const secret = (protocols: readonly string[], example: string) =>
  text
    .refine(isWellReferred, { message: REFERENCE_PROBLEM })
    .refine(
      (value) => isReferring(value) || isAddress(value, protocols),
      `an address such as ${example}, or one from the environment such as \${ALERT_URL}`,
    )
    .refine((value) => isReferring(value) || !hasPassword(value), {
      message: 'a password does not stand in a file: take it from the environment, as in ${ALERT_URL}',
    });

const httpSecret = secret(HTTP, 'https://example.com/hook');

const mailAddress = text.regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, 'a mail address such as ops@example.com');

const timeout = unitTextSchema(
  durationText('a duration up to 5m, such as 30s', (ms) => ms > 0 && ms <= LONGEST_TIMEOUT_MS),
);

/** As it is written: secrets are references, and durations texts. */
type AlertEntry =
  | Exclude<SinkConfig, { type: 'command' | 'email' }>
  | { type: 'email'; smtp: string; from: string; to: string[] }
  | { type: 'command'; argv: string[]; timeout: string };

/** The `alerts:` of idleproof.yaml. */
export const alertsSchema: z.ZodType<AlertEntry[]> = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('webhook'), url: httpSecret }),
      z.strictObject({ type: z.literal('slack'), url: httpSecret }),
      z.strictObject({ type: z.literal('alertmanager'), url: httpSecret }),
      z.strictObject({
        type: z.literal('email'),
        smtp: secret(SMTP, 'smtp://localhost:25'),
        from: mailAddress,
        to: z.array(mailAddress).min(1).max(50),
      }),
      z.strictObject({
        type: z.literal('command'),
        argv: commandLine,
        timeout: timeout.default(DEFAULT_TIMEOUT),
      }),
    ]),
  )
  .max(MOST_SINKS);

/** A sink whose secret is not yet taken from the environment, and where that stands. */
export interface PlacedSink {
  sink: SinkConfig;
  /** null: it has no secret. */
  secretAt: { line: number; column: number } | null;
}

/** Sinks with the positions of their secrets. */
export function placeSinks(entries: readonly AlertEntry[], document: YamlDocument): PlacedSink[] {
  return entries.map((entry, index) => {
    const key = entry.type === 'command' ? null : entry.type === 'email' ? 'smtp' : 'url';
    const secretAt = key === null ? null : document.positionOf(['alerts', index, key], 'value');
    return { sink: toSink(entry), secretAt };
  });
}

/** The sink with its secret, or what is wrong with it, in words that hold no value. */
export function withSecret(
  sink: SinkConfig,
  environment: Environment,
): { sink: SinkConfig; problem: null } | { sink: null; problem: string } {
  if (sink.type === 'command') return { sink, problem: null };
  const written = sink.type === 'email' ? sink.smtp : sink.url;
  const { value, missing } = fromEnvironment(written, environment);
  if (missing !== null) return { sink: null, problem: sayMissing(missing) };
  const protocols = sink.type === 'email' ? SMTP : HTTP;
  if (!isAddress(value, protocols)) {
    const kinds = protocols.map((protocol) => protocol.slice(0, -1)).join(' or ');
    return {
      sink: null,
      problem: `with the value of ${variablesIn(written).join(', ')} this is no ${kinds} address`,
    };
  }
  return { sink: sink.type === 'email' ? { ...sink, smtp: value } : { ...sink, url: value }, problem: null };
}

function toSink(entry: AlertEntry): SinkConfig {
  if (entry.type !== 'command') return entry;
  return { type: 'command', argv: entry.argv, timeoutMs: parseDurationMs(entry.timeout) ?? 0 };
}

function isAddress(value: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocols.includes(protocol) && hostname !== '';
}

const hasPassword = (value: string): boolean => URL.canParse(value) && new URL(value).password !== '';
