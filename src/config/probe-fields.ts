import { z } from 'zod';
import { parseDurationMs } from '../core/parse/duration.ts';
import { BIT_RATE } from '../core/parse/unit-text.ts';
import { unitTextSchema } from '../core/rules/unit-text-schema.ts';
import { commandLine, type Schemas, text, timeSpan } from './field-schemas.ts';
import { headersSchema } from './header-fields.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export const PROBE_KINDS: readonly ['startup', 'ttft', 'http', 'size', 'page', 'run'] = [
  'startup',
  'ttft',
  'http',
  'size',
  'page',
  'run',
];

/** Longer than that no measurement may take: no window opens meanwhile. */
const LONGEST_MS = 3_600_000;

const span = timeSpan.refine((given) => (parseDurationMs(given) ?? 0) <= LONGEST_MS, 'at most 1h');
const rate = unitTextSchema(BIT_RATE);

export const url: z.ZodType<string> = z
  .string()
  .max(4096)
  .refine(
    (given) => URL.canParse(given) && /^https?:$/.test(new URL(given).protocol),
    'an address such as http://127.0.0.1:8000/health',
  )
  .refine((given) => !URL.canParse(given) || new URL(given).password === '', {
    message:
      'a password does not stand in a file: send it in a header, as in authorization: "Basic ${CREDENTIALS}"',
  });

/** What describes a load on a server, as it is written; undefined: left out. */
export interface LoadFields {
  url: string | undefined;
  method: (typeof METHODS)[number] | undefined;
  headers: Record<string, string> | undefined;
  body: string | undefined;
  requests: number | undefined;
  concurrency: number | undefined;
  timeout: string | undefined;
}

/** Everything that can be said of a measurement, whatever is measured; see toProbe. */
export interface ProbeFields extends LoadFields {
  for: string | undefined;
  prompt: string | undefined;
  model: string | undefined;
  maxTokens: number | undefined;
  runs: number | undefined;
  cold: boolean | undefined;
  warm: boolean | undefined;
  files: string[] | Record<string, string> | undefined;
  command: string[] | undefined;
  unit: string | undefined;
  ready: string | undefined;
  down: string | undefined;
  up: string | undefined;
  latency: string | undefined;
  browser: string | undefined;
}

export const LOAD_FIELDS: Schemas<LoadFields> = {
  url: url.optional().describe('address to measure'),
  method: z.enum(METHODS).optional(),
  headers: headersSchema.optional().describe('secrets as ${TOKEN}, from the environment'),
  body: z.string().max(1_000_000).optional().describe('what is sent'),
  requests: z.int().min(1).max(1_000_000).optional().describe('how many requests'),
  concurrency: z.int().min(1).max(10_000).optional().describe('connections at the same time'),
  timeout: span.optional().describe('how long one may take'),
};

export const PROBE_FIELDS: Schemas<ProbeFields> = {
  ...LOAD_FIELDS,
  for: span.optional().describe('how long requests are sent, instead of how many'),
  prompt: text.optional().describe('what a model is asked'),
  model: text.optional().describe('which model is asked'),
  maxTokens: z.int().min(1).max(1_000_000).optional().describe('how long an answer may become'),
  runs: z.int().min(1).max(1_000).optional().describe('how often it is done'),
  cold: z.boolean().optional().describe('startup: without the page cache; ttft: the first request alone'),
  warm: z.boolean().optional().describe('the others, too (so where neither is given)'),
  files: z
    .union([z.array(text).min(1).max(100), z.record(text, text)])
    .optional()
    .describe('patterns of files, or names with one each'),
  command: commandLine.optional().describe('a program and its arguments'),
  unit: z.string().max(20).optional().describe('unit of numbers that are printed without one'),
  ready: text.optional().describe('when a started command is: port:8000, http://…, log:REGEX or file:PATH'),
  down: rate.optional().describe('how fast the network is, such as 750kbit/s'),
  up: rate.optional().describe('the same towards the server'),
  latency: span.optional().describe('added to each request'),
  browser: text.optional().describe('path of a Chromium'),
};
