import { z } from 'zod';
import { COLLECTOR_NAMES, TIERS } from '../../model/collector.ts';
import { DURATION_PATTERN } from '../parse/duration.ts';
import { durationText } from '../parse/unit-text.ts';
import { jsonSchemaOf, type JsonSchema } from '../rules/json-schema.ts';
import { unitTextSchema } from '../rules/unit-text-schema.ts';
import type { Example, ExamplesDocument, StoredExample, ToldExample } from './example.ts';
import { timeMs } from './times.ts';

const SIGNED_PATTERN = DURATION_PATTERN.replace('^\\s*', '^\\s*-?');

const duration = unitTextSchema(
  durationText('a duration longer than 0, such as 500ms, 30s or 5m', (ms) => ms > 0),
).meta({ pattern: DURATION_PATTERN });

/** `30s` after the opening, `-20s` before it. */
const time = unitTextSchema({
  what: 'a time from the opening of the window, such as 30s, or -20s before it',
  unit: 's',
  isValid: (text) => timeMs(text) !== null,
}).meta({ pattern: SIGNED_PATTERN });

const verdict = z.enum(['pass', 'fail', 'inconclusive', 'notApplicable']);
const label = z.string().min(1).max(64);

const beat = {
  every: duration.optional().describe('again and again, so far apart'),
  until: time.optional().describe('the last one; to the close of the window where left out'),
  jitter: duration.optional().describe('each one is off its beat by up to this, the same in every run'),
};

const activity = z
  .object({
    at: time.optional().describe('when; with `every` the first one'),
    ...beat,
    activity: z.enum(['network', 'process', 'event', 'log', 'file']),
    target: label.optional().describe('whose; the first target where left out'),
  })
  .catchall(z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]))
  .describe('what happened, by the fields that rules match; what is left out is not known');

const quantity = z.union([z.number(), z.string().max(100)]);

const metric = z.union([quantity, z.record(z.string(), quantity)]);

const measurements = z.record(
  z.string(),
  z.record(
    z.string(),
    z.union([quantity, z.strictObject({ value: quantity, low: quantity, high: quantity })]),
  ),
);

const span = { from: time, to: time };

const wake = z.strictObject({
  at: time.optional(),
  ...beat,
  thread: label.optional(),
  call: label.optional().describe('the system call that it slept in'),
  timeout: duration.optional().describe('of that call'),
  by: z.enum(['timer', 'packet', 'interrupt', 'signal', 'thread', 'process', 'mixed']).default('timer'),
});

const collectorState = z.union([
  z.enum(['ok', 'partial', 'unavailable']),
  z.strictObject({
    status: z.enum(['ok', 'partial', 'unavailable']).optional(),
    tier: z.enum(TIERS).optional(),
    lost: z.int().min(0).optional().describe('records that were lost'),
    reason: z.string().max(200).optional(),
  }),
]);

const expectedOne = z.strictObject({
  verdict,
  target: label.optional(),
  reason: z.string().min(1).max(500).optional().describe('a part of the reason that the verdict gives'),
  findings: z.int().min(0).optional().describe('how many there are'),
});

const expected = z.union([verdict, expectedOne, z.array(expectedOne).min(1).max(50)]);

const common = {
  name: z.string().min(1).max(200).describe('what it shows'),
  strict: z.boolean().optional().describe('warnings of the headline make the window inconclusive'),
  acceptSampled: duration.optional().describe('as --accept-sampled'),
  expect: z
    .record(z.string(), expected)
    .optional()
    .describe('the verdict of each rule, by its id or pack/id'),
  verdict: z.enum(['pass', 'fail', 'inconclusive']).optional().describe('of the whole window'),
};

const told: z.ZodType<ToldExample> = z.strictObject({
  ...common,
  duration: duration.default('60s').describe('of the window'),
  opened: z.iso.datetime({ offset: true }).default('2026-01-01T00:00:00Z').describe('when it opened'),
  tick: duration.default('1s').describe('between two looks'),
  settled: z.boolean().default(true).describe('whether the activity had died down before'),
  targets: z
    .array(label)
    .min(1)
    .max(20)
    .default(['app'])
    .describe('names of the targets; the first one has the metrics and wakes'),
  activities: z.array(activity).max(1000).optional().describe('what happened; nothing where left out'),
  metrics: z
    .record(z.string(), metric)
    .optional()
    .describe(
      'values through the window: one, or one from each time on ({ 0s: 40MB, 30s: 60MB }), or growing evenly ({ from: 40MB, to: 60MB }); `unknown`: never read. Amounts: all of it spread evenly, or what came at each time',
    ),
  measured: measurements
    .optional()
    .describe(
      'what active probes found: { startup: { p50: 1.2s } }, with `low` and `high` around a `value` where it is not exact; nothing where left out',
    ),
  baseline: measurements.optional().describe('what that is compared with, likewise'),
  wakes: z.array(wake).max(100).optional().describe('of a thread; as the trace records them'),
  gaps: z
    .array(z.strictObject({ ...span, collector: z.enum(['loop', ...COLLECTOR_NAMES]).default('loop') }))
    .max(100)
    .optional()
    .describe('nobody looked, or one of the collectors did not'),
  disturbed: z
    .array(
      z.strictObject({
        ...span,
        kind: z.enum([
          'absent',
          'stopped',
          'traced',
          'frozen',
          'throttled',
          'unobserved',
          'replaced',
          'ambiguous',
          'joined',
          'measured',
        ]),
      }),
    )
    .max(100)
    .optional()
    .describe('the target was in no state to prove anything'),
  collectors: z
    .partialRecord(z.enum(COLLECTOR_NAMES), collectorState)
    .optional()
    .describe('all are whole where left out, with the trace of the kernel'),
  events: z
    .union([z.boolean(), z.array(z.string()).max(1000)])
    .default(true)
    .describe('false: no events table was given; a list: the types that it has ever held'),
  noise: z.boolean().default(false).describe('others on the machine open connections and start processes'),
  stop: duration
    .optional()
    .describe('how long the started command took to stop; a window of its own after the other'),
});

const stored: z.ZodType<StoredExample> = z.strictObject({
  ...common,
  evidence: z.string().min(1).max(4096).describe('evidence.db of a check or a daemon'),
  window: z.string().min(1).max(200).optional().describe('as judge --window'),
});

/** Both shapes in one schema, chosen by what is there, so that mistakes are told of the one that is meant. */
export function examplesSchemaFor(document: unknown): z.ZodType<ExamplesDocument> {
  const list: unknown =
    typeof document === 'object' && document !== null && 'examples' in document ? document.examples : [];
  const shapes = (Array.isArray(list) ? list : []).map((one: unknown) =>
    typeof one === 'object' && one !== null && 'evidence' in one ? stored : told,
  );
  const [first, ...rest] = shapes;
  const each: z.ZodType<Example[]> =
    first === undefined ? z.array(told).min(1) : z.tuple([first as z.ZodType<Example>, ...rest]);
  return documentOf(each);
}

const documentOf = (examples: z.ZodType<Example[]>): z.ZodType<ExamplesDocument> =>
  z.strictObject({
    rules: z
      .array(z.string().min(1).max(4096))
      .min(1)
      .optional()
      .describe('names of packs, or files; the pack that the file is called after where left out'),
    examples,
  });

/** The JSON Schema of files of examples, for editors. */
export function examplesJsonSchema(): JsonSchema {
  const each = z
    .array(z.union([told, stored]))
    .min(1)
    .describe('evidence, and the verdicts that it must give');
  return { title: 'idleproof rule examples', ...jsonSchemaOf(documentOf(each)) };
}
