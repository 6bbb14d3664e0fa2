import { resolve } from 'node:path';
import { expressionProblem, formatByName } from '../config/records-document.ts';
import type { Refuse } from '../errors/refuse.ts';
import type { EventsSource, LogSource, TargetSpec } from '../model/target.ts';

/** Attaches `--events [target=]DB[:table]` to the targets. */
export function withEvents(
  targets: readonly TargetSpec[],
  events: readonly string[],
  refuse: Refuse,
): TargetSpec[] {
  const sources = new Map<string, EventsSource>();
  for (const text of events) {
    const { owner, rest } = ownedBy('--events', 'table', targets, text, refuse);
    if (sources.has(owner)) refuse('--events', `the target ${owner} has two events tables`);
    const [, sqlite = '', table = 'events'] = /^(.+?)(?::([A-Za-z_]\w*))?$/s.exec(rest) ?? [];
    sources.set(owner, { sqlite, table });
  }
  return targets.map((target) => ({ ...target, events: sources.get(target.name) ?? target.events }));
}

/** Attaches `--files [target=]DIR` to the targets, beside the folders that the configuration names. */
export function withFiles(
  targets: readonly TargetSpec[],
  files: readonly string[],
  refuse: Refuse,
): TargetSpec[] {
  const folders = files.map((text) => ownedBy('--files', 'folder', targets, text, refuse));
  return targets.map((target) => {
    const own = folders.filter(({ owner }) => owner === target.name).map(({ rest }) => resolve(rest));
    return own.length === 0 ? target : { ...target, files: [...(target.files ?? []), ...own] };
  });
}

/** Attaches `--logs [target=]FILE[:format]` to the targets, beside the logs that the configuration names. */
export function withLogs(
  targets: readonly TargetSpec[],
  logs: readonly string[],
  refuse: Refuse,
): TargetSpec[] {
  const named = logs.map((text) => {
    const { owner, rest } = ownedBy('--logs', 'log', targets, text, refuse);
    return { owner, source: logSource(rest, refuse) };
  });
  return targets.map((target) => {
    const own = named.filter(({ owner }) => owner === target.name).map(({ source }) => source);
    return own.length === 0 ? target : { ...target, logs: [...(target.logs ?? []), ...own] };
  });
}

const LOG_FORMATS: readonly ('perf' | 'jsonl')[] = ['perf', 'jsonl'];

/** `FILE`, `FILE:perf`, `FILE:jsonl` or `FILE:/expression/`. */
function logSource(text: string, refuse: Refuse): LogSource {
  const [, matched = '', regex] = /^(.+?):\/(.+)\/$/su.exec(text) ?? [];
  if (regex !== undefined) {
    const problem = expressionProblem(regex);
    return problem === null ? { file: resolve(matched), format: { regex } } : refuse('--logs', problem);
  }
  const [, file = text, word] = /^(.+):([A-Za-z]\w*)$/su.exec(text) ?? [];
  const format = LOG_FORMATS.find((one) => one === word);
  if (word !== undefined && format === undefined) {
    refuse('--logs', `«${word}» is not a format; use ${LOG_FORMATS.join(', ')} or /expression/`);
  }
  return { file: resolve(file), format: format ?? formatByName(file) };
}

/** `[target=]REST`: whose it is, and the rest. */
function ownedBy(
  option: string,
  what: string,
  targets: readonly TargetSpec[],
  text: string,
  refuse: Refuse,
): { owner: string; rest: string } {
  const [, prefix, rest = ''] = /^(?:([\w.-]+)=)?(.+)$/s.exec(text) ?? [];
  const names = targets.map(({ name }) => name);
  const owner = prefix ?? (names.length === 1 ? names[0] : undefined);
  if (rest === '') refuse(option, 'nothing is named');
  if (owner === undefined) {
    refuse(option, `there are several targets; say whose ${what} it is: ${option} ${names[0]}=${text}`);
  }
  if (!names.includes(owner)) {
    refuse(option, `there is no target ${owner}; the targets are ${names.join(', ')}`);
  }
  return { owner, rest };
}
