import { basename } from 'node:path';
import {
  parseSelector,
  parseTargetOption,
  SELECTOR_KINDS,
  type ValueSelectorKind,
} from '../core/parse/selector.ts';
import type { Refuse } from '../errors/refuse.ts';
import type { Selector, TargetSpec } from '../model/target.ts';

/** The options that name targets. */
export interface SelectorOptions extends Partial<Record<ValueSelectorKind, string>> {
  target: string[];
}

/** The targets that the command line names: one by a selector of its own, several by `--target`, or a command. */
export function targetsOf(
  options: SelectorOptions & { offline?: boolean },
  command: readonly string[],
  refuse: Refuse,
): TargetSpec[] {
  const named = options.target.map((text) => parseTargetOption(text, refuse));
  const single = singleSelectors(options, refuse);
  if (single.length > 1) {
    refuse(
      '--target',
      'several selectors were given; name each: --target web=port:8000 --target db=name:redis-server',
    );
  }
  const targets = [...named, ...single.map((select) => ({ name: defaultName(select), select }))];
  if (options.offline === true && command.length === 0) {
    refuse(
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
  if (twice !== undefined) refuse('--target', `the name ${twice.name} is used twice`);
  return targets.map((target) => ({ ...target, tree: true, events: null }));
}

function singleSelectors(options: SelectorOptions, refuse: Refuse): Selector[] {
  return SELECTOR_KINDS.flatMap((kind) => {
    const value = options[kind];
    return value === undefined ? [] : [parseSelector(kind, value, refuse)];
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
