import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { parseDurationMs } from '../core/parse/duration.ts';
import type { Cause } from '../core/rules/pack.ts';
import type { Problem } from '../core/rules/problem.ts';
import { soundPart } from './sound-part.ts';
import { PROOF_FORMATS, type ProofFormat } from '../model/proof-format.ts';
import type { Selector, TargetSpec } from '../model/target.ts';
import type { WindowSpec } from '../model/window-spec.ts';
import { label, size, sizeOf, text, tickLength, timeSpan } from './field-schemas.ts';
import { daemonProblems } from './daemon-problems.ts';
import { jsonSchemaOf, type JsonSchema } from '../core/rules/json-schema.ts';
import { windowProblems } from './window-problems.ts';
import { userSchema, windowsSchema } from './windows-document.ts';
import { alertsSchema, type PlacedSink, placeSinks } from './alerts.ts';
import type { PlacedProblem, YamlDocument } from './yaml-document.ts';

const selectSchema = z
  .strictObject({
    pid: z.int().positive().optional(),
    pidfile: text.optional(),
    name: text.optional(),
    cmdline: text.optional().describe('a regular expression'),
    port: z.int().min(1).max(65_535).optional(),
    unit: text.optional(),
    cgroup: text.optional(),
    container: text.optional(),
    command: z.array(text).min(1).optional().describe('a program and its arguments, started for the run'),
  })
  .refine((one) => Object.keys(one).length === 1, 'exactly one selector is needed');

const eventsSchema = z.strictObject({
  sqlite: text.describe('path of the database file'),
  table: text.default('events'),
  columns: z
    .strictObject({ id: text.optional(), type: text.optional(), time: text.optional() })
    .optional()
    .describe('found by themselves where left out'),
});

const targetSchema = z.strictObject({
  select: selectSchema,
  tree: z.boolean().default(true).describe('watch the whole process tree'),
  events: eventsSchema.optional(),
  files: z.array(text).min(1).optional().describe('folders in which nobody should write while it is idle'),
});

/** The only definition of idleproof.yaml's shape. Unknown keys are errors. */
const configSchema = z.strictObject({
  tick: tickLength.optional(),
  targets: z.record(label, targetSchema),
  user: userSchema.optional(),
  windows: windowsSchema.optional().describe('when the app is to be idle'),
  rules: z.array(text).optional().describe('names of shipped packs, or files'),
  strict: z.boolean().optional(),
  reports: z
    .strictObject({
      dir: text.optional(),
      formats: z.array(z.enum(PROOF_FORMATS)).min(1).optional(),
      cron: z
        .string()
        .max(200)
        .optional()
        .describe('when the daemon writes a summary, in the time of the host'),
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
});

/** The JSON Schema of idleproof.yaml, for editors. */
export function configJsonSchema(): JsonSchema {
  return { title: 'idleproof.yaml', ...jsonSchemaOf(configSchema) };
}

type ConfigDocument = z.infer<typeof configSchema>;

/** What an idleproof.yaml says; what it leaves out is null. Paths in it are relative to its own folder. */
export interface Config {
  tickMs: number | null;
  targets: TargetSpec[];
  /** What counts as somebody using the app. */
  user: Cause[];
  /** Those of the daemon; a check has one of its own. */
  windows: WindowSpec[];
  rules: string[] | null;
  strict: boolean;
  reportsDir: string | null;
  formats: ProofFormat[] | null;
  /** When the daemon writes a summary; null: only when it stops. */
  summaryCron: string | null;
  compareWith: 'pinned' | 'trailing' | 'both' | null;
  state: string | null;
  retention: { maxAgeMs: number | null; maxBytes: number | null };
  /** `127.0.0.1:9477`; null: nobody asks for metrics. */
  metricsAddress: string | null;
  /** Where alerts go, their secrets still to be taken from the environment; see sinksOf. */
  alerts: PlacedSink[];
}

/** The configuration that a document holds, or everything that is wrong with it. `folder`: where the file lies. */
export function parseConfig(
  document: YamlDocument,
  folder: string,
): { value: Config; problems: null } | { value: null; problems: PlacedProblem[] } {
  const parsed = document.parse(configSchema);
  if (parsed.problems !== null) {
    const further = document.place(soundProblems(document.value, folder));
    return { value: null, problems: [...parsed.problems, ...further] };
  }
  const alerts = placeSinks(parsed.value.alerts ?? [], document);
  const value = { ...toConfig(parsed.value, folder), alerts };
  const problems = [...windowProblems(value.windows, value), ...daemonProblems(value)];
  return problems.length === 0
    ? { value, problems: null }
    : { value: null, problems: document.place(problems) };
}

/** What else is wrong where the file as a whole has not the right shape: one error at a time is slow. */
function soundProblems(value: unknown, folder: string): Problem[] {
  const sound = soundPart(configSchema, value);
  if (sound === null) return [];
  const config = toConfig(sound.value, folder);
  // Windows rest on targets and on what users do.
  const isWhole = !sound.taken.some(([top]) => top === 'targets' || top === 'user');
  return [...(isWhole ? windowProblems(config.windows, config) : []), ...daemonProblems(config)];
}

function toConfig(document: ConfigDocument, folder: string): Omit<Config, 'alerts'> {
  const { tick, targets, user = [], windows = [], rules, strict, reports, baseline, state } = document;
  const { retention } = document;
  return {
    tickMs: tick === undefined ? null : parseDurationMs(tick),
    targets: Object.entries(targets).map(([name, { select, tree, events, files }]) => ({
      name,
      select: toSelector(select, folder),
      tree,
      events: events === undefined ? null : { ...events, sqlite: resolve(folder, events.sqlite) },
      ...(files === undefined ? {} : { files: files.map((path) => resolve(folder, path)) }),
    })),
    user,
    windows,
    rules: rules?.map((rule) => rulePath(rule, folder)) ?? null,
    strict: strict === true,
    reportsDir: reports?.dir === undefined ? null : resolve(folder, reports.dir),
    formats: reports?.formats ?? null,
    summaryCron: reports?.cron ?? null,
    compareWith: baseline?.compareWith ?? null,
    state: state === undefined ? null : resolve(folder, state),
    retention: {
      maxAgeMs: parseDurationMs(retention?.evidence ?? ''),
      maxBytes: sizeOf(retention?.size),
    },
    metricsAddress: document.metrics?.listen ?? null,
  };
}

/** `{ port: 8000 }` → `{ by: 'port', port: 8000 }`; the schema has made sure that there is exactly one. */
function toSelector(select: ConfigDocument['targets'][string]['select'], folder: string): Selector {
  const { pid, pidfile, name, cmdline, port, unit, cgroup, container, command } = select;
  if (pid !== undefined) return { by: 'pid', pid };
  if (pidfile !== undefined) return { by: 'pidfile', path: resolve(folder, pidfile) };
  if (name !== undefined) return { by: 'name', name };
  if (cmdline !== undefined) return { by: 'cmdline', pattern: cmdline };
  if (port !== undefined) return { by: 'port', port };
  if (unit !== undefined) return { by: 'unit', unit };
  if (cgroup !== undefined) return { by: 'cgroup', cgroup };
  if (container !== undefined) return { by: 'container', container };
  return { by: 'command', argv: command ?? [] };
}

/** Keys of a configuration. */
export const CONFIG_KEYS: readonly string[] = Object.keys(configSchema.shape);

/** A path is taken from the configuration's folder; the name of a shipped pack stays as it is. */
export function rulePath(rule: string, folder: string): string {
  return rule.startsWith('.') && !isAbsolute(rule) ? resolve(folder, rule) : rule;
}
