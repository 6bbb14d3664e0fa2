import type { ExpectedMeasure } from '../expect.ts';
import type { ProbeSpec } from '../probe-spec.ts';
import type { Expectation } from '../../rules/expectation.ts';

/** Requests to the running app, as a gate names them. */
export interface GateLoad {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
  requests: number;
  concurrency: number;
  timeoutMs: number;
}

/** What a gate does. */
export type GateStep =
  | { by: 'measurement'; probe: ProbeSpec; expect: ExpectedMeasure[] }
  | { by: 'http'; load: GateLoad; expect: ExpectedMeasure[] }
  /** Until the memory is as expected; null: back to what it was before the app was used. */
  | { by: 'wait'; limitMs: number; memory: { text: string; expectation: Expectation } | null }
  | { by: 'window'; durationMs: number; settleMs: number | 'auto' }
  | { by: 'rule'; rule: string };

export interface Gate {
  gate: string;
  step: GateStep;
}
