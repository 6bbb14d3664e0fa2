import { MIN_TICK_MS } from '../config/field-schemas.ts';
import { parseDurationMs } from '../core/parse/duration.ts';
import { durationText, sayNoUnitText } from '../core/parse/unit-text.ts';
import type { CollectorSet } from '../model/collector.ts';
import { invalid } from './option-invalid.ts';

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
const MIN_TICKS = 2;

export interface Timing {
  durationMs: number;
  settleMs: number | 'auto';
  tickMs: number;
  acceptSampledMs: number | null;
}

/** Durations of a check; refuses what could never be a window. */
export function timingOf(options: TimingOptions, configuredTickMs: number | null): Timing {
  const tickMs =
    options.tick === undefined ? (configuredTickMs ?? DEFAULT_TICK_MS) : duration('--tick', options.tick);
  const durationMs = duration('--for', options.for);
  const settleMs = options.settle === 'auto' ? 'auto' : duration('--settle', options.settle, ', or auto');
  const acceptSampledMs =
    options.acceptSampled === undefined ? null : duration('--accept-sampled', options.acceptSampled);
  if (tickMs < MIN_TICK_MS) invalid('--tick', `${tickMs}ms is shorter than ${MIN_TICK_MS}ms`);
  if (tickMs < MIN_PORTABLE_TICK_MS && collectorsOf(options) === 'portable') {
    invalid(
      '--tick',
      `${tickMs}ms is too short for the portable collectors, which need ${MIN_PORTABLE_TICK_MS}ms`,
    );
  }
  if (durationMs < MIN_TICKS * tickMs) {
    invalid('--for', `${options.for} is shorter than two looks (--tick ${tickMs}ms)`);
  }
  if (acceptSampledMs !== null && acceptSampledMs < tickMs) {
    invalid(
      '--accept-sampled',
      `looking once every ${tickMs}ms cannot see what lives ${options.acceptSampled}`,
    );
  }
  return { durationMs, settleMs, tickMs, acceptSampledMs };
}

/** `auto` takes what is native to the platform, which is Linux. */
export function collectorsOf({ collectors = 'auto' }: { collectors?: string }): CollectorSet {
  if (collectors === 'auto') return 'native';
  if (collectors === 'portable') return 'portable';
  return invalid('--collectors', `«${collectors}» is neither auto nor portable`);
}

/** @param orElse what else it may be */
function duration(option: string, text: string, orElse: string = ''): number {
  const kind = durationText(`a duration such as 500ms, 20s, 5m or 1h${orElse}`);
  return parseDurationMs(text) ?? invalid(option, sayNoUnitText(text, kind));
}
