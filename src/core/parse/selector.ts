import { closest } from 'fastest-levenshtein';
import type { Selector, SelectorKind } from '../../model/target.ts';
import { redactCmdline } from './cmdline.ts';
import { assertPattern } from './pattern.ts';
import type { Refuse } from '../../errors/refuse.ts';

/** Selectors that are written as one word and one value; a command is given after `--` instead. */
export type ValueSelectorKind = Exclude<SelectorKind, 'command'>;

export const SELECTOR_KINDS: readonly ValueSelectorKind[] = [
  'pid',
  'pidfile',
  'name',
  'cmdline',
  'port',
  'unit',
  'cgroup',
  'container',
];

/** Target names become folder and file names. */
const TARGET_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/** Largest pid that Linux can give: PID_MAX_LIMIT of linux/threads.h. */
const PID_MAX = 4_194_304;

/** Parses the value of `--target`: `name=selector:value`, as in `backend=port:8000`. */
export function parseTargetOption(text: string, refuse: Refuse): { name: string; select: Selector } {
  const equals = text.indexOf('=');
  const colon = text.indexOf(':', equals);
  if (equals < 1 || colon < 0)
    refuse('--target', `«${text}» is not name=selector:value, as in backend=port:8000`);
  const name = text.slice(0, equals);
  if (!TARGET_NAME.test(name)) {
    refuse('--target', `the name «${name}» may hold letters, digits, «_», «-» and «.» only, 64 at most`);
  }
  const kind = text.slice(equals + 1, colon);
  if (!isValueKind(kind)) {
    refuse('--target', `«${kind}» is no selector, the nearest is «${closest(kind, [...SELECTOR_KINDS])}»`);
  }
  return { name, select: parseSelector(kind, text.slice(colon + 1), refuse, '--target') };
}

/** Parses the value of one selector; `option` is what the user wrote, for the error (by default `--<kind>`). */
export function parseSelector(
  kind: ValueSelectorKind,
  value: string,
  refuse: Refuse,
  option = `--${kind}`,
): Selector {
  if (value === '') refuse(option, `${kind} needs a value`);
  const numberOf = (max: number): number =>
    wholeNumber(value, max) ??
    refuse(option, `«${value}» is no ${kind}: a whole number from 1 to ${max} is needed`);
  switch (kind) {
    case 'pid':
      return { by: 'pid', pid: numberOf(PID_MAX) };
    case 'port':
      return { by: 'port', port: numberOf(65_535) };
    case 'pidfile':
      return { by: 'pidfile', path: value };
    case 'name':
      return { by: 'name', name: value };
    case 'cmdline':
      assertPattern(value, (problem) => refuse(option, problem));
      return { by: 'cmdline', pattern: value };
    case 'unit':
      return { by: 'unit', unit: value };
    case 'cgroup':
      return { by: 'cgroup', cgroup: value };
    default:
      return { by: 'container', container: value };
  }
}

/** The selector in words: `port 8000`, `command nginx -g …`; secrets in a command are redacted. */
export function describeSelector(select: Selector): string {
  switch (select.by) {
    case 'pid':
      return `pid ${select.pid}`;
    case 'pidfile':
      return `pidfile ${select.path}`;
    case 'name':
      return `name ${select.name}`;
    case 'cmdline':
      return `cmdline /${select.pattern}/`;
    case 'port':
      return `port ${select.port}`;
    case 'unit':
      return `unit ${select.unit}`;
    case 'cgroup':
      return `cgroup ${select.cgroup}`;
    case 'container':
      return `container ${select.container}`;
    default:
      return `command ${redactCmdline(select.argv)}`;
  }
}

function isValueKind(kind: string): kind is ValueSelectorKind {
  return (SELECTOR_KINDS as readonly string[]).includes(kind);
}

/** null: it is none from 1 to `max`. */
function wholeNumber(value: string, max: number): number | null {
  const number = /^\d+$/.test(value) ? Number(value) : 0;
  return number < 1 || number > max ? null : number;
}
