import { z } from 'zod';
import type { Proof } from '../../model/proof.ts';
import { parseUnambiguous } from '../parse/repeated-key.ts';

/** Of the proofs that this version writes. */
const SCHEMA_VERSION: Proof['schemaVersion'] = 1;

const text = z.string();
const time = z.looseObject({ utc: text });

/** What verifying goes by; other versions may have more or less beside it. */
const verifiable = z.looseObject({
  verdict: text,
  rulesDigest: text,
  tool: z.looseObject({ version: text }),
  host: z.looseObject({ name: text }),
  window: z.looseObject({ id: text, opened: time, closed: time }),
  coverage: z.looseObject({ collectors: z.array(z.looseObject({ name: text })) }),
  targets: z.array(
    z.looseObject({
      executables: z.array(z.looseObject({ path: text, sha256: text.nullable() })).exactOptional(),
    }),
  ),
  rules: z.array(z.looseObject({ id: text, pack: text, target: text, window: text, verdict: text })),
  rulePacks: z
    .array(z.looseObject({ pack: text, sha256: text, params: z.record(text, text).exactOptional() }))
    .exactOptional(),
  evidence: z.looseObject({ chainHead: text }),
});

/** A proof as it was written, by whatever version; or why it cannot be held against its evidence. */
export function parseVerifiable(json: string): { proof: Proof } | { problem: string } {
  let value: unknown;
  try {
    value = parseUnambiguous(json);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const { schemaVersion } = (value ?? {}) as { schemaVersion?: unknown };
  if (schemaVersion !== SCHEMA_VERSION) return { problem: otherSchema(schemaVersion) };
  const { error } = verifiable.safeParse(value);
  if (error === undefined) return { proof: value as Proof };
  return { problem: `parts of a proof are missing (${error.issues[0]?.path.join('.') ?? 'the whole'})` };
}

function otherSchema(version: unknown): string {
  const isNewer = typeof version === 'number' && version > SCHEMA_VERSION;
  return isNewer
    ? `a newer idleproof wrote it (schemaVersion ${version}); update this one: git pull && npm ci in a checkout, or install the newer package`
    : 'it is not a proof';
}
