import { resolve } from 'node:path';
import type { ProbeSpec } from '../core/measure/probe-spec.ts';
import { statesOf } from '../core/measure/states.ts';
import { parseBitRate } from '../core/parse/bit-rate.ts';
import { parseDurationMs } from '../core/parse/duration.ts';
import { parseReady, type ReadyCondition } from '../core/parse/ready.ts';
import { toldUnit } from '../core/parse/told-unit.ts';
import type { Problem } from '../core/rules/problem.ts';
import { IdleproofError } from '../errors.ts';
import { refuser } from '../errors/refuse.ts';
import type { MeasureKind } from '../model/measure-document.ts';
import { PROBE_FIELDS, type ProbeFields } from './probe-fields.ts';

type Field = keyof ProbeFields;

/** What each kind takes, and needs. */
const FIELDS: Readonly<Record<MeasureKind, { needs: readonly Field[]; takes: readonly Field[] }>> = {
  http: { needs: ['url'], takes: ['method', 'headers', 'body', 'requests', 'for', 'concurrency', 'timeout'] },
  ttft: {
    needs: ['url', 'prompt'],
    takes: ['model', 'maxTokens', 'headers', 'runs', 'cold', 'warm', 'timeout'],
  },
  page: { needs: ['url'], takes: ['runs', 'down', 'up', 'latency', 'browser', 'timeout'] },
  size: { needs: ['files'], takes: [] },
  run: { needs: ['command'], takes: ['runs', 'unit', 'timeout'] },
  startup: { needs: ['command', 'ready'], takes: ['runs', 'cold', 'warm', 'timeout'] },
};

const DEFAULT_RUNS: Readonly<Partial<Record<MeasureKind, number>>> = { run: 1 };

export type Tell = (path: string[], problem: Omit<Problem, 'path'>) => void;

export interface ProbeContext {
  /** Paths are taken from here. */
  folder: string;
  /** Names the key that said what is measured. */
  kindKey: string;
  /** Of what starts by itself already; null: it is to be said. */
  startup: { argv: readonly string[]; ready: ReadyCondition | null } | null;
}

/**
 * A measurement as its fields describe it; null where something is wrong, which `tell` hears.
 * @param fields that the schema has found to be some
 */
export function toProbe(
  kind: MeasureKind,
  fields: ProbeFields,
  { folder, kindKey, startup }: ProbeContext,
  tell: Tell,
): ProbeSpec | null {
  let isWrong = false;
  const refuse: Tell = (path, problem) => {
    isWrong = true;
    tell(path, problem);
  };
  const isGiven = kind === 'startup' && startup !== null;
  const needs = isGiven ? [] : FIELDS[kind].needs;
  const known: readonly Field[] = [...needs, ...FIELDS[kind].takes];
  for (const key of Object.keys(PROBE_FIELDS) as Field[]) {
    if (fields[key] === undefined || known.includes(key)) continue;
    const message =
      isGiven && FIELDS.startup.needs.includes(key)
        ? `\`${key}\` is that of the file`
        : `\`${key}\` is not for ${kind}; it takes ${known.join(', ')}`;
    refuse([key], { at: 'key', message });
  }
  for (const key of needs)
    if (fields[key] === undefined)
      refuse([kindKey], { message: `${kind} needs ${key === 'url' ? 'an' : 'a'} \`${key}\`` });
  if (fields.for !== undefined && fields.requests !== undefined)
    refuse(['for'], { at: 'key', message: 'either `for` or `requests`, not both' });
  const unit = toldUnit(fields.unit ?? '');
  if ('problem' in unit) refuse(['unit'], { message: unit.problem });
  const ready = startup?.ready ?? readyOf(fields.ready, refuse);
  if (isWrong) return null;
  return specOf(kind, fields, { folder, argv: startup?.argv ?? fields.command ?? [], ready });
}

function readyOf(given: string | undefined, tell: Tell): ReadyCondition | null {
  if (given === undefined) return null;
  try {
    const ready = parseReady(given, refuser('run'));
    if (ready.by !== 'duration') return ready;
    tell(['ready'], {
      message: 'a time that passes is nothing to measure: a port, address, log line or file',
    });
  } catch (error) {
    if (!(error instanceof IdleproofError)) throw error;
    tell(['ready'], {
      message: `«${given.slice(0, 100)}» is none of port:8000, http://…, log:REGEX, file:PATH`,
    });
  }
  return null;
}

interface Known {
  folder: string;
  argv: readonly string[];
  ready: ReadyCondition | null;
}

function specOf(kind: MeasureKind, fields: ProbeFields, { folder, argv, ready }: Known): ProbeSpec | null {
  const { url: address = '', headers = {}, runs = DEFAULT_RUNS[kind] ?? 10 } = fields;
  const timeoutMs = (usual: string): number => msOf(fields.timeout ?? usual);
  const states = statesOf(fields);
  switch (kind) {
    case 'http': {
      const { method = 'GET', body = null, concurrency = 5, requests = 200 } = fields;
      const amount = fields.for === undefined ? { requests } : { durationMs: msOf(fields.for) };
      return { kind, url: address, method, headers, body, concurrency, amount, timeoutMs: timeoutMs('10s') };
    }
    case 'ttft': {
      const { prompt = '', model = null, maxTokens = 64 } = fields;
      const rest = { prompt, model, maxTokens, runs, states, timeoutMs: timeoutMs('2m') };
      return { kind, url: address, headers, ...rest };
    }
    case 'page': {
      const down = fields.down === undefined ? null : parseBitRate(fields.down);
      const up = fields.up === undefined ? down : parseBitRate(fields.up);
      const latencyMs = fields.latency === undefined ? 0 : msOf(fields.latency);
      const browser = fields.browser === undefined ? null : resolve(folder, fields.browser);
      const shape = { downBitsPerSecond: down, upBitsPerSecond: up, latencyMs };
      return { kind, url: address, runs, ...shape, browser, timeoutMs: timeoutMs('60s') };
    }
    case 'size': {
      const { files = [] } = fields;
      const groups = Array.isArray(files)
        ? files.map((pattern) => ({ name: files.length > 1 ? pattern : null, pattern }))
        : Object.entries(files).map(([name, pattern]) => ({ name, pattern }));
      return { kind, folder, groups };
    }
    case 'run':
      return { kind, argv, runs, unit: fields.unit ?? '', timeoutMs: timeoutMs('10m') };
    default:
      return ready === null ? null : { kind, argv, ready, runs, states, timeoutMs: timeoutMs('60s') };
  }
}

const msOf = (given: string): number => parseDurationMs(given) ?? 0;
