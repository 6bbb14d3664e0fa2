import { MIN_TICK_MS } from '../config/field-schemas.ts';
import { parseDurationMs } from '../core/parse/duration.ts';
import { durationText, sayNoUnitText } from '../core/parse/unit-text.ts';
import type { Refuse } from '../errors/refuse.ts';
import type { CollectorSet } from '../model/collector.ts';

/** The options that say when to look. */
export interface TimingOptions {
  for: string;
  settle: string;
  tick?: string;
  acceptSampled?: string;
  collectors?: string;
}

export const DEFAULT_TICK_MS = 1_000;
/** The libraries start processes for each reading, and list processes at most twice a second. */
const MIN_PORTABLE_TICK_MS = 1_000;
/** A window has two looks at least. */
export const MIN_TICKS = 2;

export interface Timing {
  durationMs: number;
  settleMs: number | 'auto';
  tickMs: number;
  acceptSampledMs: number | null;
}

/** Durations of a check; refuses what could never be a window. */
export function timingOf(options: TimingOptions, configuredTickMs: number | null, refuse: Refuse): Timing {
  const duration = (option: string, text: string, orElse = ''): number =>
    durationOf(option, text, orElse, refuse);
  const tickMs =
    options.tick === undefined ? (configuredTickMs ?? DEFAULT_TICK_MS) : duration('--tick', options.tick);
  const durationMs = duration('--for', options.for);
  const settleMs = options.settle === 'auto' ? 'auto' : duration('--settle', options.settle, ', or auto');
  const acceptSampledMs =
    options.acceptSampled === undefined ? null : duration('--accept-sampled', options.acceptSampled);
  if (tickMs < MIN_TICK_MS) refuse('--tick', `${tickMs}ms is shorter than ${MIN_TICK_MS}ms`);
  if (tickMs < MIN_PORTABLE_TICK_MS && collectorsOf(options, refuse) === 'portable') {
    refuse(
      '--tick',
      `${tickMs}ms is too short for the portable collectors, which need ${MIN_PORTABLE_TICK_MS}ms`,
    );
  }
  if (durationMs < MIN_TICKS * tickMs) {
    refuse('--for', `${options.for} is shorter than two looks (--tick ${tickMs}ms)`);
  }
  if (acceptSampledMs !== null && acceptSampledMs < tickMs) {
    refuse(
      '--accept-sampled',
      `looking once every ${tickMs}ms cannot see what lives ${options.acceptSampled}`,
    );
  }
  return { durationMs, settleMs, tickMs, acceptSampledMs };
}

/** How every command that looks names what it looks with. */
export const COLLECTORS_OPTION: readonly [flags: string, description: string, orElse: string] = [
  '--collectors <set>',
  'auto, or portable: those that are the same on every platform',
  'auto',
];

/** `auto` takes what is native to the platform, which is Linux. */
export function collectorsOf({ collectors = 'auto' }: { collectors?: string }, refuse: Refuse): CollectorSet {
  if (collectors === 'auto') return 'native';
  if (collectors === 'portable') return 'portable';
  return refuse('--collectors', `«${collectors}» is neither auto nor portable`);
}

/** @param orElse what else it may be */
function durationOf(option: string, text: string, orElse: string, refuse: Refuse): number {
  const kind = durationText(`a duration such as 500ms, 20s, 5m or 1h${orElse}`);
  return parseDurationMs(text) ?? refuse(option, sayNoUnitText(text, kind));
}
