import { z } from 'zod';
import type { Proof } from '../../model/proof.ts';
import { parseUnambiguous } from '../parse/repeated-key.ts';
import { coverage } from './schema/coverage.ts';
import { finding } from './schema/finding.ts';
import { rule } from './schema/rule.ts';
import { target } from './schema/target.ts';
import { time } from './schema/values.ts';

const selfReport = z.strictObject({
  cpuSeconds: z.number().nullable(),
  wakeups: z.number().nullable(),
  rssBytes: z.number().nullable(),
  connectionsOpened: z.number().nullable(),
  readBytes: z.number().exactOptional(),
  writtenBytes: z.number().exactOptional(),
});

/** The proof document. reports/proof.schema.json is written from it (`npm run docs`). */
const proofSchema: z.ZodType<Proof> = z.strictObject({
  schemaVersion: z.literal(1),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  headline: z.string(),
  scope: z.string(),
  tool: z.strictObject({ name: z.literal('idleproof'), version: z.string(), node: z.string() }),
  host: z.strictObject({
    name: z.string(),
    os: z.string(),
    kernel: z.string(),
    cpus: z.number(),
    memoryBytes: z.number(),
    utcOffsetMinutes: z.number(),
    privileged: z.boolean(),
    noise: z
      .strictObject({ cpuBusyPercent: z.number(), cpuStolenPercent: z.number(), tasksCreated: z.number() })
      .nullable(),
  }),
  window: z.strictObject({
    id: z.string(),
    trigger: z.string(),
    opened: time,
    closed: time,
    durationSeconds: z.number(),
    settleSeconds: z.number(),
    closedBy: z.string(),
  }),
  targets: z.array(target),
  notWatched: z.array(z.string()),
  warnings: z.array(z.string()),
  coverage,
  controls: z.array(
    z.strictObject({ name: z.string(), planted: z.number(), caught: z.boolean(), by: z.array(z.string()) }),
  ),
  rules: z.array(rule),
  findings: z.array(finding),
  summary: z.strictObject({
    pass: z.number(),
    fail: z.number(),
    inconclusive: z.number(),
    notApplicable: z.number(),
    warned: z.number(),
  }),
  watchdog: selfReport,
  evidence: z.strictObject({
    chainHead: z.string(),
    rows: z.number(),
    fileSha256: z.string().exactOptional().describe('of a file that was finished when the proof was made'),
  }),
  rulesDigest: z.string(),
  rulePacks: z
    .array(
      z.strictObject({
        pack: z.string(),
        sha256: z.string(),
        params: z.record(z.string(), z.string()).exactOptional().describe('that it was named with'),
      }),
    )
    .exactOptional(),
  command: z.string().describe('how to run this again; secrets redacted'),
});

/** JSON Schema (draft 2020-12) of the proof, as it is published. */
export function proofJsonSchema(): Record<string, unknown> {
  return { title: 'idleproof proof', ...z.toJSONSchema(proofSchema) };
}

/** The proof that a JSON text holds, as far as this version knows them; null where it holds none. */
export function parseProof(text: string): Proof | null {
  try {
    const proof = parseUnambiguous(text);
    // As it was written: what the schema gives has its own order of keys, and so other bytes.
    return proofSchema.safeParse(proof).success ? (proof as Proof) : null;
  } catch {
    return null;
  }
}
