import type { ActivityKind, FieldValue } from '../../model/activity.ts';
import type { CollectorName, DisturbanceKind, Tier } from '../../model/collector.ts';
import type { RuleVerdict, Verdict } from '../../model/verdict.ts';
import type { WokenBy } from '../../model/wake.ts';

/** Durations and times are texts, as written; times count from the opening of the window: `30s`, `-20s`. */
export interface Beat {
  at?: string | undefined;
  /** Again and again, so far apart; `at` is then the first one. */
  every?: string | undefined;
  until?: string | undefined;
  jitter?: string | undefined;
}

/** An activity as it is told: when, its kind, and fields by their dotted names. */
export interface ToldActivity extends Beat {
  activity: ActivityKind;
  target?: string | undefined;
  [field: string]: FieldValue | undefined;
}

/** One value, values from times on, `from` and `to`, or amounts at times. */
export type ToldValues = string | number | Record<string, string | number>;

/** Statistics of measurements, by their names. */
export type ToldMeasurements = Record<
  string,
  Record<string, string | number | { value: string | number; low: string | number; high: string | number }>
>;

export interface ToldWakes extends Beat {
  thread?: string | undefined;
  call?: string | undefined;
  timeout?: string | undefined;
  by: WokenBy;
}

interface ToldCollector {
  status?: 'ok' | 'partial' | 'unavailable' | undefined;
  tier?: Tier | undefined;
  lost?: number | undefined;
  reason?: string | undefined;
}

interface ToldSpan {
  from: string;
  to: string;
}

/** What a rule must come to. */
export interface Expected {
  verdict: RuleVerdict;
  target?: string | undefined;
  /** A part of the reason. */
  reason?: string | undefined;
  findings?: number | undefined;
}

interface ExampleBase {
  name: string;
  strict?: boolean | undefined;
  acceptSampled?: string | undefined;
  /** By id, or pack/id. */
  expect?: Record<string, RuleVerdict | Expected | Expected[]> | undefined;
  verdict?: Verdict | undefined;
}

/** A window that is told: nothing happened, and everything was seen, but for what it says. */
export interface ToldExample extends ExampleBase {
  duration: string;
  opened: string;
  tick: string;
  settled: boolean;
  targets: string[];
  activities?: ToldActivity[] | undefined;
  metrics?: Record<string, ToldValues> | undefined;
  measured?: ToldMeasurements | undefined;
  baseline?: ToldMeasurements | undefined;
  wakes?: ToldWakes[] | undefined;
  gaps?: (ToldSpan & { collector: CollectorName | 'loop' })[] | undefined;
  disturbed?: (ToldSpan & { kind: DisturbanceKind })[] | undefined;
  collectors?: Partial<Record<CollectorName, ToldCollector['status'] | ToldCollector>> | undefined;
  events: boolean | string[];
  noise: boolean;
  stop?: string | undefined;
}

/** A window of stored evidence. */
export interface StoredExample extends ExampleBase {
  evidence: string;
  window?: string | undefined;
}

export type Example = ToldExample | StoredExample;

export const isStored = (example: Example): example is StoredExample => 'evidence' in example;

export interface ExamplesDocument {
  /** Names of packs, or files. */
  rules?: string[] | undefined;
  examples: Example[];
}
