import { parseReady, type ReadyCondition } from '../core/parse/ready.ts';
import type { Refuse } from '../errors/refuse.ts';
import type { TargetSpec } from '../model/target.ts';
import type { SelectorOptions } from './target-options.ts';
import type { TimingOptions } from './timing-options.ts';

/** The options of `check` as commander hands them over: text, not yet looked at. */
export interface RawCheckOptions extends SelectorOptions, TimingOptions {
  ready?: string;
  offline?: boolean;
  events: string[];
  files: string[];
  logs: string[];
  rules: string[];
  config?: string;
  out?: string;
  format: string;
  key?: string;
  strict?: boolean;
  json?: boolean;
}

/** When a command that the check starts is ready; null: nothing is said. */
export function readyOf(
  options: RawCheckOptions,
  targets: readonly TargetSpec[],
  refuse: Refuse,
): ReadyCondition | null {
  if (options.ready === undefined) return null;
  if (!targets.some(({ select }) => select.by === 'command')) {
    refuse('--ready', 'it is for a command that the check starts: -- command args');
  }
  const ready = parseReady(options.ready, refuse);
  if (ready.by === 'http' && options.offline === true) {
    refuse(
      '--ready',
      'nobody can call a command in a network of its own (--offline); wait for its port: --ready port:8000',
    );
  }
  return ready;
}
