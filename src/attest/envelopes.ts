import { z } from 'zod';
import { parseUnambiguous } from '../core/parse/repeated-key.ts';
import type { Envelope, Statement } from '../model/attestation.ts';
import { fromBase64, PAYLOAD_TYPE } from './dsse.ts';

const envelopeSchema = z.object({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z.array(z.object({ keyid: z.string().exactOptional(), sig: z.string() })).min(1),
});

const statementSchema = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })).min(1),
  predicateType: z.string(),
  predicate: z.record(z.string(), z.unknown()),
});

/** One envelope of a bundle, or what is wrong with its text. */
export type ReadEnvelope = { line: number } & ({ envelope: Envelope } | { problem: string });

/** Reads a bundle (one envelope a line), or one envelope that is spread over lines. */
export function readEnvelopes(text: string): ReadEnvelope[] {
  const whole = parseEnvelope(text);
  if ('envelope' in whole) return [{ line: 1, ...whole }];
  const lines = text.split('\n').map((line, index) => ({ line: index + 1, text: line }));
  return lines
    .filter((one) => one.text.trim() !== '')
    .map((one) => ({ line: one.line, ...parseEnvelope(one.text) }));
}

function parseEnvelope(text: string): { envelope: Envelope } | { problem: string } {
  let value: unknown;
  try {
    value = parseUnambiguous(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) return { problem: (error as Error).message };
    return { problem: 'it is not JSON: it was changed, or cut off' };
  }
  const { data } = envelopeSchema.safeParse(value);
  return data === undefined
    ? { problem: 'it is not a DSSE envelope: parts are missing' }
    : { envelope: data };
}

/** What an envelope says, whoever signed it. */
export function statementIn({
  payload,
  payloadType,
}: Envelope): { statement: Statement } | { problem: string } {
  if (payloadType !== PAYLOAD_TYPE) return { problem: `its payload is of the type ${payloadType}` };
  const bytes = fromBase64(payload);
  if (bytes === null) return { problem: 'its payload is not base64' };
  try {
    const { data } = statementSchema.safeParse(parseUnambiguous(bytes.toString('utf8')));
    return data === undefined
      ? { problem: 'its payload is not an in-toto Statement v1' }
      : { statement: data };
  } catch (error) {
    const isJson = !(error instanceof SyntaxError);
    return { problem: isJson ? `of its payload: ${(error as Error).message}` : 'its payload is not JSON' };
  }
}
