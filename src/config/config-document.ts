import { isAbsolute, resolve } from 'node:path';
import type { ScheduledMeasurement } from '../core/measure/probe-spec.ts';
import { parseDurationMs } from '../core/parse/duration.ts';
import type { Cause } from '../core/rules/pack.ts';
import type { Problem } from '../core/rules/problem.ts';
import type { ProofFormat } from '../model/proof-format.ts';
import type { TargetSpec } from '../model/target.ts';
import type { WindowSpec } from '../model/window-spec.ts';
import { type PlacedSink, placeSinks } from './alerts.ts';
import { type ConfigDocument, configSchema } from './config-schema.ts';
import { daemonProblems } from './daemon-problems.ts';
import { sizeOf } from './field-schemas.ts';
import { type PlacedHeader, placeHeaders } from './header-fields.ts';
import { looseWindowProblems } from './loose-windows.ts';
import { toMeasurements } from './measurements-document.ts';
import { soundPart } from './sound-part.ts';
import { toTargets } from './targets-document.ts';
import { windowProblems } from './window-problems.ts';
import type { PlacedProblem, YamlDocument } from './yaml-document.ts';

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
  /** What the daemon measures, and when. */
  measurements: ScheduledMeasurement[];
  reportsDir: string | null;
  formats: ProofFormat[] | null;
  /** When the daemon writes a summary; null: only when it stops. */
  summaryCron: string | null;
  compareWith: 'pinned' | 'trailing' | 'both' | null;
  state: string | null;
  retention: { maxAgeMs: number | null; maxBytes: number | null };
  /** `127.0.0.1:9477`; null: nobody asks for metrics. */
  metricsAddress: string | null;
  /** Headers of measurements that take something from the environment; see assertHeaders. */
  headers: PlacedHeader[];
  /** Where alerts go, their secrets still to be taken from the environment; see configuredSinks. */
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
  const { value, problems } = configOf(parsed.value, document, folder);
  return problems.length === 0
    ? { value, problems: null }
    : { value: null, problems: document.place(problems) };
}

/** A configuration of the right shape, and what no single value of it shows to be wrong. */
export function configOf(
  given: ConfigDocument,
  document: YamlDocument,
  folder: string,
): { value: Config; problems: Problem[] } {
  const alerts = placeSinks(given.alerts ?? [], document);
  const headers = (given.measurements ?? []).flatMap((one, index) =>
    placeHeaders(one.headers, ['measurements', index, 'headers'], document),
  );
  const value = { ...toConfig(given, folder), alerts, headers };
  const targets = value.targets.map(({ name }) => name);
  const { problems } = toMeasurements(given.measurements ?? [], { targets, folder });
  return {
    value,
    problems: [...windowProblems(value.windows, value), ...daemonProblems(value), ...problems],
  };
}

/** What else is wrong where the file as a whole has not the right shape: one error at a time is slow. */
export function soundProblems(value: unknown, folder: string): Problem[] {
  const sound = soundPart(configSchema, value);
  if (sound === null) return looseWindowProblems(value);
  const config = toConfig(sound.value, folder);
  // Windows rest on targets and on what users do.
  const isWhole = !sound.taken.some(([top]) => top === 'targets' || top === 'user' || top === 'windows');
  const knowsTargets = !sound.taken.some(([top]) => top === 'targets');
  const targets = config.targets.map(({ name }) => name);
  const { measurements = [] } = sound.value;
  return [
    ...(isWhole ? windowProblems(config.windows, config) : looseWindowProblems(value)),
    ...(knowsTargets ? toMeasurements(measurements, { targets, folder }).problems : []),
    ...daemonProblems(config),
  ];
}

function toConfig(document: ConfigDocument, folder: string): Omit<Config, 'alerts' | 'headers'> {
  const { tick, targets, user = [], windows = [], rules, strict, reports, baseline, state } = document;
  const { retention, derived, measurements = [] } = document;
  const names = Object.keys(targets);
  return {
    tickMs: tick === undefined ? null : parseDurationMs(tick),
    targets: toTargets(targets, derived, folder),
    user,
    windows,
    rules: rules?.map((rule) => rulePath(rule, folder)) ?? null,
    strict: strict === true,
    measurements: toMeasurements(measurements, { targets: names, folder }).measurements,
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

/** A path is taken from the configuration's folder; the name of a shipped pack stays as it is. */
export function rulePath(rule: string, folder: string): string {
  return rule.startsWith('.') && !isAbsolute(rule) ? resolve(folder, rule) : rule;
}
