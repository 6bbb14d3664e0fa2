import { type CompareOptions, compareWindow } from '../../../../src/core/compare/compare.ts';
import { type CompareState, firstState } from '../../../../src/core/compare/state.ts';
import type { Change } from '../../../../src/core/compare/track.ts';
import type { FindingSeen, MetricSummary, WindowVerdict } from '../../../../src/model/window-verdict.ts';

export const HOUR_MS = 3_600_000;

export interface Shown {
  findings?: readonly FindingSeen[];
  /** Of memory.pss. */
  memory?: number;
  cpu?: number | MetricSummary;
  verdict?: WindowVerdict['verdict'];
  minutes?: number;
  isCovered?: boolean;
  ruleVerdict?: 'pass' | 'inconclusive';
}

const flat = (value: number): MetricSummary => ({ mean: value, p95: value, max: value });

/** The n-th hourly window of one target with one rule. */
export function windowOf(index: number, shown: Shown): WindowVerdict {
  const { findings = [], memory, cpu, minutes = 60, isCovered = true } = shown;
  const failed = findings.length > 0;
  return {
    windowId: 'hourly',
    fromMs: index * HOUR_MS,
    toMs: index * HOUR_MS + minutes * 60_000,
    verdict: shown.verdict ?? (failed ? 'fail' : 'pass'),
    rules: [
      {
        id: 'network-activity',
        target: 'app',
        verdict: failed ? 'fail' : (shown.ruleVerdict ?? 'pass'),
        severity: 'error',
        findings,
      },
    ],
    metrics: {
      app: {
        ...(memory === undefined ? {} : { 'memory.pss': flat(memory) }),
        ...(cpu === undefined ? {} : { 'cpu.percent': typeof cpu === 'number' ? flat(cpu) : cpu }),
      },
    },
    isCovered,
  };
}

export interface Told extends Change {
  /** Index of the window. */
  in: number;
}

const TRAILING: CompareOptions = { compareWith: 'trailing', pinned: [] };

/** Feeds windows one after the other, the state through JSON each time; returns what was told. */
export function watch(
  windows: readonly WindowVerdict[],
  options: CompareOptions = TRAILING,
): { told: Told[]; state: CompareState } {
  let state = firstState();
  const told: Told[] = [];
  for (const [index, window] of windows.entries()) {
    const next = compareWindow(JSON.parse(JSON.stringify(state)) as CompareState, window, options);
    told.push(...next.changes.map((change) => ({ ...change, in: index })));
    state = next.state;
  }
  return { told, state };
}

export const watchShown = (shown: readonly Shown[], options: CompareOptions = TRAILING): Told[] =>
  watch(
    shown.map((one, index) => windowOf(index, one)),
    options,
  ).told;

export const brief = (told: readonly Told[]): string[] =>
  told.map(({ in: index, status, why }) => `${index} ${status} ${why}`);

export const call = (ip: string, more: Partial<FindingSeen> = {}): FindingSeen => ({
  subject: { protocol: 'tcp', 'remote.ip': ip, 'remote.port': 443 },
  ...more,
});

export const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
