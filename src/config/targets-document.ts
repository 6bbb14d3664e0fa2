import { resolve } from 'node:path';
import { z } from 'zod';
import type { DerivedMetric } from '../model/derived-metric.ts';
import type { EventsSource, LogFormat, LogSource, Selector, TargetSpec } from '../model/target.ts';
import { commandLine, label, text } from './field-schemas.ts';
import { formatByName, logsSchema } from './records-document.ts';

const selectSchema: z.ZodType<SelectDocument> = z
  .strictObject({
    pid: z.int().positive().optional(),
    pidfile: text.optional(),
    name: text.optional(),
    cmdline: text.optional().describe('a regular expression'),
    port: z.int().min(1).max(65_535).optional(),
    unit: text.optional(),
    cgroup: text.optional(),
    container: text.optional(),
    command: commandLine.optional().describe('a program and its arguments, started for the run'),
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
  logs: logsSchema.optional().describe('files in which it writes down what it does'),
});

/** Exactly one of them. */
interface SelectDocument {
  pid?: number | undefined;
  pidfile?: string | undefined;
  name?: string | undefined;
  cmdline?: string | undefined;
  port?: number | undefined;
  unit?: string | undefined;
  cgroup?: string | undefined;
  container?: string | undefined;
  command?: string[] | undefined;
}

/** A target as it is written; undefined: left out. */
export interface TargetDocument {
  select: SelectDocument;
  tree: boolean;
  events?: EventsSource | undefined;
  files?: string[] | undefined;
  logs?: { file: string; format?: LogFormat | undefined }[] | undefined;
}

/** What is watched, by name. */
export const targetsSchema: z.ZodType<Record<string, TargetDocument>> = z.record(label, targetSchema);

/** Targets with the metrics that follow from what any of them writes down. */
export function toTargets(
  targets: Readonly<Record<string, TargetDocument>>,
  derived: Readonly<Record<string, DerivedMetric>> | undefined,
  folder: string,
): TargetSpec[] {
  return Object.entries(targets).map(([name, { select, tree, events, files, logs }]) => ({
    name,
    select: toSelector(select, folder),
    tree,
    events: events === undefined ? null : { ...events, sqlite: resolve(folder, events.sqlite) },
    ...(files === undefined ? {} : { files: files.map((path) => resolve(folder, path)) }),
    ...(logs === undefined ? {} : { logs: logs.map((log) => toLog(log, folder)) }),
    ...(derived === undefined ? {} : { derived }),
  }));
}

/** `{ port: 8000 }` → `{ by: 'port', port: 8000 }`; the schema has made sure that there is exactly one. */
function toSelector(select: SelectDocument, folder: string): Selector {
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

function toLog(
  { file, format }: { file: string; format?: LogFormat | undefined },
  folder: string,
): LogSource {
  return { file: resolve(folder, file), format: format ?? formatByName(file) };
}
