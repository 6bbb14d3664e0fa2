import { basename } from 'node:path';
import { parseDurationMs } from '../core/parse/duration.ts';
import { parseReady, type ReadyCondition } from '../core/parse/ready.ts';
import {
  parseSelector,
  parseTargetOption,
  SELECTOR_KINDS,
  type ValueSelectorKind,
} from '../core/parse/selector.ts';
import { IdleproofError } from '../errors.ts';
import type { EventsSource, Selector, TargetSpec } from '../model/target.ts';

/** The options of `check` as commander hands them over: text, not yet looked at. */
export interface RawCheckOptions extends Partial<Record<ValueSelectorKind, string>> {
  target: string[];
  for: string;
  settle: string;
  tick?: string;
  ready?: string;
  events: string[];
  rules: string[];
  config?: string;
  out?: string;
  format: string;
  strict?: boolean;
  acceptSampled?: string;
  json?: boolean;
}

const DEFAULT_TICK_MS = 1_000;
const MIN_TICK_MS = 100;
const MIN_TICKS = 2;

export interface Timing {
  durationMs: number;
  settleMs: number;
  tickMs: number;
  acceptSampledMs: number | null;
}

/** Durations of a check; refuses what could never be a window. */
export function timingOf(options: RawCheckOptions, configuredTickMs: number | null): Timing {
  const tickMs =
    options.tick === undefined ? (configuredTickMs ?? DEFAULT_TICK_MS) : duration('--tick', options.tick);
  const durationMs = duration('--for', options.for);
  const settleMs = duration('--settle', options.settle);
  const acceptSampledMs =
    options.acceptSampled === undefined ? null : duration('--accept-sampled', options.acceptSampled);
  if (tickMs < MIN_TICK_MS) invalid('--tick', `${tickMs}ms is shorter than ${MIN_TICK_MS}ms`);
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

/** The targets that the command line names: one by a selector of its own, several by `--target`, or a command. */
export function targetsOf(options: RawCheckOptions, command: readonly string[]): TargetSpec[] {
  const named = options.target.map(parseTargetOption);
  const single = singleSelectors(options);
  if (single.length > 1) {
    invalid(
      '--target',
      'several selectors were given; name each: --target web=port:8000 --target db=name:redis-server',
    );
  }
  const targets = [...named, ...single.map((select) => ({ name: defaultName(select), select }))];
  if (command.length > 0) {
    const select: Selector = { by: 'command', argv: command };
    targets.push({ name: defaultName(select), select });
  }
  const twice = targets.find(
    ({ name }, index) => targets.findIndex((other) => other.name === name) !== index,
  );
  if (twice !== undefined) invalid('--target', `the name ${twice.name} is used twice`);
  return targets.map((target) => ({ ...target, tree: true, events: null }));
}

/** Attaches `--events [target=]DB[:table]` to the targets. */
export function withEvents(targets: readonly TargetSpec[], events: readonly string[]): TargetSpec[] {
  const sources = new Map<string, EventsSource>();
  for (const text of events) {
    const [, prefix, rest] = /^(?:([\w.-]+)=)?(.+)$/s.exec(text) ?? [];
    const owner = prefix ?? (targets.length === 1 ? targets[0]?.name : undefined);
    if (owner === undefined) {
      invalid(
        '--events',
        `there are several targets; say whose table it is: --events ${targets[0]?.name}=${text}`,
      );
    }
    if (!targets.some(({ name }) => name === owner)) {
      invalid(
        '--events',
        `there is no target ${owner}; the targets are ${targets.map(({ name }) => name).join(', ')}`,
      );
    }
    if (sources.has(owner)) invalid('--events', `the target ${owner} has two events tables`);
    const [, sqlite = '', table = 'events'] = /^(.+?)(?::([A-Za-z_]\w*))?$/s.exec(rest ?? '') ?? [];
    sources.set(owner, { sqlite, table });
  }
  return targets.map((target) => ({ ...target, events: sources.get(target.name) ?? target.events }));
}

export function readyOf(options: RawCheckOptions, targets: readonly TargetSpec[]): ReadyCondition | null {
  if (options.ready === undefined) return null;
  if (!targets.some(({ select }) => select.by === 'command')) {
    invalid('--ready', 'it is for a command that the check starts: -- command args');
  }
  return parseReady(options.ready);
}

function singleSelectors(options: RawCheckOptions): Selector[] {
  return SELECTOR_KINDS.flatMap((kind) => {
    const value = options[kind];
    return value === undefined ? [] : [parseSelector(kind, value)];
  });
}

function defaultName(select: Selector): string {
  switch (select.by) {
    case 'pid':
      return `pid-${select.pid}`;
    case 'port':
      return `port-${select.port}`;
    case 'command':
      return basename(select.argv[0] ?? 'command');
    case 'pidfile':
      return basename(select.path).replace(/\.pid$/, '');
    case 'name':
      return select.name;
    case 'unit':
      return select.unit.replace(/\.service$/, '');
    case 'cgroup':
      return basename(select.cgroup);
    case 'container':
      return select.container.slice(0, 12);
    default:
      return 'app';
  }
}

function duration(option: string, text: string): number {
  return parseDurationMs(text) ?? invalid(option, `«${text}» is not a duration such as 500ms, 20s, 5m or 1h`);
}

function invalid(option: string, problem: string): never {
  throw new IdleproofError('OPTION_INVALID', { option, problem, command: 'check' });
}
