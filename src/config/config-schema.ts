import { z } from 'zod';
import { type JsonSchema, jsonSchemaOf } from '../core/rules/json-schema.ts';
import type { Cause } from '../core/rules/pack.ts';
import type { DerivedMetric } from '../model/derived-metric.ts';
import { PROOF_FORMATS, type ProofFormat } from '../model/proof-format.ts';
import type { WindowSpec } from '../model/window-spec.ts';
import { alertsSchema } from './alerts.ts';
import { cron, type Schemas, size, text, tickLength, timeSpan } from './field-schemas.ts';
import { measurementsSchema } from './measurements-document.ts';
import { derivedSchema } from './records-document.ts';
import { type TargetDocument, targetsSchema } from './targets-document.ts';
import { userSchema, windowsSchema } from './windows-document.ts';

/** An idleproof.yaml as it is written; undefined: left out. */
export interface ConfigDocument {
  tick: string | undefined;
  targets: Record<string, TargetDocument>;
  user: Cause[] | undefined;
  windows: WindowSpec[] | undefined;
  rules: string[] | undefined;
  strict: boolean | undefined;
  measurements: z.output<typeof measurementsSchema> | undefined;
  derived: Record<string, DerivedMetric> | undefined;
  reports:
    | { dir?: string | undefined; formats?: ProofFormat[] | undefined; cron?: string | undefined }
    | undefined;
  baseline: { compareWith: 'pinned' | 'trailing' | 'both' } | undefined;
  state: string | undefined;
  retention: { evidence?: string | undefined; size?: string | undefined } | undefined;
  metrics: { listen: string } | undefined;
  alerts: z.output<typeof alertsSchema> | undefined;
}

/** The only definition of what stands in an idleproof.yaml. */
export const CONFIG_FIELDS: Schemas<ConfigDocument> = {
  tick: tickLength.optional(),
  targets: targetsSchema,
  user: userSchema.optional(),
  windows: windowsSchema.optional().describe('when the app is to be idle'),
  rules: z.array(text).optional().describe('names of shipped packs, or files'),
  strict: z.boolean().optional(),
  measurements: measurementsSchema
    .optional()
    .describe('what the daemon measures when its time comes, never inside a window'),
  derived: derivedSchema
    .optional()
    .describe('metrics that follow from what the app writes down; rules call them derived.<name>'),
  reports: z
    .strictObject({
      dir: text.optional(),
      formats: z.array(z.enum(PROOF_FORMATS)).min(1).optional(),
      cron: cron.optional().describe('when the daemon writes a summary, in the time of the host'),
    })
    .optional(),
  baseline: z
    .strictObject({ compareWith: z.enum(['pinned', 'trailing', 'both']) })
    .optional()
    .describe('what the windows of the daemon are compared with; both where left out'),
  state: text.optional().describe('where the daemon keeps its evidence'),
  retention: z
    .strictObject({ evidence: timeSpan.optional(), size: size.optional() })
    .optional()
    .describe('how long evidence is kept, and how much; proofs are kept'),
  metrics: z.strictObject({ listen: text }).optional().describe('a loopback address for Prometheus'),
  alerts: alertsSchema.optional().describe('where regressions are told'),
};

/** Unknown keys are errors. */
export const configSchema: z.ZodType<ConfigDocument> = z.strictObject(CONFIG_FIELDS);

/** The JSON Schema of idleproof.yaml, for editors. */
export function configJsonSchema(): JsonSchema {
  return { title: 'idleproof.yaml', ...jsonSchemaOf(configSchema) };
}

/** Keys of a configuration. */
export const CONFIG_KEYS: readonly string[] = Object.keys(CONFIG_FIELDS);
