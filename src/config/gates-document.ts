import { z } from 'zod';
import { type ExpectedMeasure, parseExpected } from '../core/measure/expect.ts';
import type { Gate, GateLoad, GateStep } from '../core/measure/gates/gate.ts';
import { parseDurationMs } from '../core/parse/duration.ts';
import type { ReadyCondition } from '../core/parse/ready.ts';
import { toldUnit } from '../core/parse/told-unit.ts';
import { parseExpectation } from '../core/rules/expectation.ts';
import type { Problem } from '../core/rules/problem.ts';
import { type MeasureKind, USING_KINDS } from '../model/measure-document.ts';
import { settleTime, text, timeSpan } from './field-schemas.ts';
import { type Tell, toProbe } from './probe-document.ts';
import {
  LOAD_FIELDS,
  type LoadFields,
  PROBE_FIELDS,
  PROBE_KINDS,
  type ProbeFields,
  url,
} from './probe-fields.ts';
import { BYTES } from '../model/dimension.ts';

const STEPS = ['measurement', 'http', 'wait', 'window', 'rule'] as const;
const DEFAULT_STARTS = 5;
const DEFAULT_SETTLE = '5s';

type LoadDocument = Omit<LoadFields, 'url'> & { url: string };

const http: z.ZodType<LoadDocument> = z.strictObject({ ...LOAD_FIELDS, url });

const gateSchema = z
  .strictObject({
    gate: text.describe('how its row is called'),
    measurement: z
      .enum(PROBE_KINDS)
      .optional()
      .describe('what is measured: `startup` is the command itself, until it is ready'),
    http: http.optional().describe('requests to the running app: the app is used'),
    wait: timeSpan.optional().describe('so long at most, until the memory of a model is given back'),
    window: timeSpan.optional().describe('the idle window'),
    settle: settleTime
      .optional()
      .describe('how long the app is given to calm down before the window; or auto'),
    rule: text.optional().describe('a rule of the packs that has a row of its own'),
    expect: z
      .record(text, text)
      .optional()
      .describe('limits of what is measured, such as p95: "< 200ms"; of `wait` that of `memory`'),
    ...PROBE_FIELDS,
  })
  .refine(
    (one) => STEPS.filter((step) => one[step] !== undefined).length === 1,
    `exactly one of ${STEPS.join(', ')} is needed`,
  );

/** A gate as it is written. */
export interface GateDocument extends ProbeFields {
  gate: string;
  measurement?: MeasureKind | undefined;
  http?: LoadDocument | undefined;
  wait?: string | undefined;
  window?: string | undefined;
  settle?: string | undefined;
  rule?: string | undefined;
  expect?: Record<string, string> | undefined;
}

export const gatesSchema: z.ZodType<GateDocument[]> = z.array(gateSchema).min(1).max(100);

/** What a file says beside its gates. */
export interface GatesContext {
  folder: string;
  /** The command that is started, and when it is ready; null: that is not known. */
  argv: readonly string[];
  ready: ReadyCondition | null;
}

/** The gates of a file as they are run, and everything in them that makes no sense. */
export function toGates(
  documents: readonly GateDocument[],
  context: GatesContext,
): { gates: Gate[]; problems: Problem[] } {
  const problems: Problem[] = orderProblems(documents);
  const gates = documents.flatMap((one, index): Gate[] => {
    const step = toStep(one, context, (path, problem) =>
      problems.push({ path: ['gates', index, ...path], ...problem }),
    );
    return step === null ? [] : [{ gate: one.gate, step }];
  });
  return { gates, problems };
}

function toStep(one: GateDocument, context: GatesContext, tell: Tell): GateStep | null {
  const { gate, measurement, http: load, wait, window, settle, rule, expect = {}, ...fields } = one;
  if (Object.keys(expect).length > 0 && (window !== undefined || rule !== undefined))
    tell(['expect'], { at: 'key', message: '`expect` is for measurement, http, wait' });
  if (settle !== undefined && window === undefined)
    tell(['settle'], { at: 'key', message: '`settle` is for window' });
  if (measurement !== undefined) return toMeasurement(measurement, fields, { expect, context }, tell);
  for (const key of Object.keys(fields))
    tell([key], {
      at: 'key',
      message: `\`${key}\` is for measurement${key in LOAD_FIELDS ? ', or belongs below http' : ''}`,
    });
  if (load !== undefined)
    return { by: 'http', load: toLoad(load), expect: expectedIn(expect, 'http.latency', tell) };
  if (wait !== undefined) return toWait(wait, expect, tell);
  if (window !== undefined) return toWindow(window, settle ?? DEFAULT_SETTLE);
  return { by: 'rule', rule: rule ?? gate };
}

/** What a statistic alone is about. */
const MAIN: Readonly<Record<MeasureKind, string>> = {
  startup: 'startup',
  ttft: 'ttft',
  http: 'http.latency',
  page: 'page.interactive',
  size: 'size.gzip',
  run: 'run.count',
};

function toMeasurement(
  kind: MeasureKind,
  fields: ProbeFields,
  { expect, context }: { expect: Record<string, string>; context: GatesContext },
  tell: Tell,
): GateStep | null {
  if (Object.keys(expect).length === 0)
    tell(['gate'], { message: 'a measurement needs something to `expect`' });
  const given = kind === 'startup' ? { ...fields, runs: fields.runs ?? DEFAULT_STARTS } : fields;
  const probe = toProbe(
    kind,
    given,
    { folder: context.folder, kindKey: 'measurement', startup: kind === 'startup' ? context : null },
    tell,
  );
  const unit = toldUnit(fields.unit ?? '');
  const main = kind === 'run' && 'name' in unit ? unit.name : MAIN[kind];
  const expected = expectedIn(expect, main, tell);
  return probe === null ? null : { by: 'measurement', probe, expect: expected };
}

function toLoad(given: LoadDocument): GateLoad {
  const { url: address, timeout = '10s', method = 'GET', headers = {}, body } = given;
  const { requests = 1, concurrency = 1 } = given;
  const load = { url: address, method, headers, requests, concurrency };
  return { ...load, body: body ?? null, timeoutMs: msOf(timeout) };
}

function toWait(given: string, expect: Record<string, string>, tell: Tell): GateStep {
  const step: GateStep = { by: 'wait', limitMs: msOf(given), memory: null };
  for (const [key, limit] of Object.entries(expect)) {
    const expectation = parseExpectation(limit, BYTES);
    if (key !== 'memory')
      tell(['expect', key], { at: 'key', message: 'only `memory` can be waited for', value: key });
    else if ('problem' in expectation) tell(['expect', key], { message: expectation.problem });
    else step.memory = { text: limit.trim(), expectation };
  }
  return step;
}

function toWindow(given: string, settle: string): GateStep {
  return { by: 'window', durationMs: msOf(given), settleMs: settle === 'auto' ? 'auto' : msOf(settle) };
}

function expectedIn(expect: Record<string, string>, main: string, tell: Tell): ExpectedMeasure[] {
  return Object.entries(expect).flatMap(([name, limit]) => {
    const parsed = parseExpected(`${name} ${limit}`, main);
    if (!('problem' in parsed)) return [parsed];
    const { problem, ...nearest } = parsed;
    tell(['expect', name], { message: problem, ...nearest });
    return [];
  });
}

/** What starts the app by itself comes first; then it is used and waited for; then its window; then what the stop showed. */
export function orderProblems(gates: readonly Partial<GateDocument>[]): Problem[] {
  const problems: Problem[] = [];
  const windowAt = gates.findIndex(({ window }) => window !== undefined);
  if (windowAt < 0) problems.push({ path: ['gates'], message: 'a gate with a `window` is needed' });
  let isUsed = false;
  let isRunning = false;
  for (const [index, one] of gates.entries()) {
    const tell = (key: string, message: string): number =>
      problems.push({ path: ['gates', index, key], at: 'key', message });
    const isAfter = windowAt >= 0 && index > windowAt;
    if (one.measurement === 'startup' && isRunning)
      tell('measurement', 'what starts the app by itself has to come before the app is started and used');
    if (one.measurement !== undefined && isAfter) tell('measurement', 'it is measured before the window');
    if (one.http !== undefined && isAfter) tell('http', 'the app is used before the window');
    if (one.wait !== undefined && isAfter) tell('wait', 'what is waited for comes before the window');
    if (one.wait !== undefined && !isUsed)
      tell('wait', 'the app has to be used first, by a gate with `http`');
    if (one.window !== undefined && isAfter) tell('window', 'there is one window');
    if (one.rule !== undefined && !isAfter) tell('rule', 'a rule is judged after the window');
    isUsed ||= one.http !== undefined || (one.measurement !== undefined && USING_KINDS.has(one.measurement));
    isRunning ||= one.measurement !== 'startup';
  }
  return problems;
}

const msOf = (given: string): number => parseDurationMs(given) ?? 0;
