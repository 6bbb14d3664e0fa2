import { basename, resolve } from 'node:path';
import { MIN_TICK_MS } from '../config/field-schemas.ts';
import { parseDurationMs } from '../core/parse/duration.ts';
import { parseReady, type ReadyCondition } from '../core/parse/ready.ts';
import {
  parseSelector,
  parseTargetOption,
  SELECTOR_KINDS,
  type ValueSelectorKind,
} from '../core/parse/selector.ts';
import { IdleproofError } from '../errors.ts';
import type { CollectorSet } from '../model/collector.ts';
import type { EventsSource, Selector, TargetSpec } from '../model/target.ts';

/** The options that name targets. */
export interface SelectorOptions extends Partial<Record<ValueSelectorKind, string>> {
  target: string[];
}

/** The options that say when to look. */
interface TimingOptions {
  for: string;
  settle: string;
  tick?: string;
  acceptSampled?: string;
  collectors?: string;
}

/** The options of `check` as commander hands them over: text, not yet looked at. */
export interface RawCheckOptions extends SelectorOptions, TimingOptions {
  ready?: string;
  offline?: boolean;
  events: string[];
  files: string[];
  rules: string[];
  config?: string;
  out?: string;
  format: string;
  key?: string;
  strict?: boolean;
  json?: boolean;
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
  const settleMs = options.settle === 'auto' ? 'auto' : duration('--settle', options.settle);
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

/** The targets that the command line names: one by a selector of its own, several by `--target`, or a command. */
export function targetsOf(
  options: SelectorOptions & { offline?: boolean },
  command: readonly string[],
): TargetSpec[] {
  const named = options.target.map(parseTargetOption);
  const single = singleSelectors(options);
  if (single.length > 1) {
    invalid(
      '--target',
      'several selectors were given; name each: --target web=port:8000 --target db=name:redis-server',
    );
  }
  const targets = [...named, ...single.map((select) => ({ name: defaultName(select), select }))];
  if (options.offline === true && command.length === 0) {
    invalid(
      '--offline',
      'only a command that the check starts can be given a network of its own: -- command args',
    );
  }
  if (command.length > 0) {
    const select: Selector = {
      by: 'command',
      argv: command,
      ...(options.offline === true ? { offline: true } : {}),
    };
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
    const { owner, rest } = ownedBy('--events', 'table', targets, text);
    if (sources.has(owner)) invalid('--events', `the target ${owner} has two events tables`);
    const [, sqlite = '', table = 'events'] = /^(.+?)(?::([A-Za-z_]\w*))?$/s.exec(rest) ?? [];
    sources.set(owner, { sqlite, table });
  }
  return targets.map((target) => ({ ...target, events: sources.get(target.name) ?? target.events }));
}

/** Attaches `--files [target=]DIR` to the targets, beside the folders that the configuration names. */
export function withFiles(targets: readonly TargetSpec[], files: readonly string[]): TargetSpec[] {
  const folders = files.map((text) => ownedBy('--files', 'folder', targets, text));
  return targets.map((target) => {
    const own = folders.filter(({ owner }) => owner === target.name).map(({ rest }) => resolve(rest));
    return own.length === 0 ? target : { ...target, files: [...(target.files ?? []), ...own] };
  });
}

/** `[target=]REST`: whose it is, and the rest. */
function ownedBy(
  option: string,
  what: string,
  targets: readonly TargetSpec[],
  text: string,
): { owner: string; rest: string } {
  const [, prefix, rest = ''] = /^(?:([\w.-]+)=)?(.+)$/s.exec(text) ?? [];
  const names = targets.map(({ name }) => name);
  const owner = prefix ?? (names.length === 1 ? names[0] : undefined);
  if (rest === '') invalid(option, 'nothing is named');
  if (owner === undefined) {
    invalid(option, `there are several targets; say whose ${what} it is: ${option} ${names[0]}=${text}`);
  }
  if (!names.includes(owner)) {
    invalid(option, `there is no target ${owner}; the targets are ${names.join(', ')}`);
  }
  return { owner, rest };
}

export function readyOf(options: RawCheckOptions, targets: readonly TargetSpec[]): ReadyCondition | null {
  if (options.ready === undefined) return null;
  if (!targets.some(({ select }) => select.by === 'command')) {
    invalid('--ready', 'it is for a command that the check starts: -- command args');
  }
  const ready = parseReady(options.ready);
  if (ready.by === 'http' && options.offline === true) {
    invalid(
      '--ready',
      'nobody can call a command in a network of its own (--offline); wait for its port: --ready port:8000',
    );
  }
  return ready;
}

function singleSelectors(options: SelectorOptions): Selector[] {
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
