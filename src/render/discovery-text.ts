import { cutText } from '../core/discovery/cut.ts';
import { shellQuote } from '../core/parse/shell-quote.ts';
import type { Candidate, DiscoveredTarget, Discovery } from '../model/discovery.ts';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { textTable } from './text-table.ts';

const LONGEST = 400;
const LISTED_CANDIDATES = 50;

/** What was found and what was not, and what to do next; for people. @param path of the configuration; null: it was only printed */
export function describeDiscovery({ targets, missing }: Discovery, path: string | null): string {
  const lines = [
    ...targets.flatMap(foundLines),
    ...(missing.length === 0
      ? []
      : ['Not found:', ...missing.map(({ target, text }) => `  - ${target}: ${text}`)]),
    ...(path === null ? [] : nextLines(shellQuote(path))),
  ];
  return `${lines.map((line) => cutText(line, LONGEST)).join('\n')}\n`;
}

/** Who could be named. */
export function describeCandidates(candidates: readonly Candidate[], hiddenPorts: readonly number[]): string {
  const rows = candidates
    .slice(0, LISTED_CANDIDATES)
    .map(({ port, name, pid, cmdline }) => [String(port), name, String(pid), cutText(cmdline, 80)]);
  const lines = [
    ...(rows.length === 0
      ? ['Nobody who may be seen here listens on a TCP port.']
      : textTable([['Port', 'Process', 'Pid', 'Command'], ...rows])),
    ...(candidates.length > LISTED_CANDIDATES ? [`and ${candidates.length - LISTED_CANDIDATES} more`] : []),
    ...(hiddenPorts.length === 0
      ? []
      : [`Open, but whose may not be seen by this user: ${hiddenPorts.slice(0, 20).join(', ')}`]),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function foundLines({
  name,
  processCount,
  ports,
  events,
  logs,
  folders,
  neighbours,
}: DiscoveredTarget): string[] {
  const count = processCount === 1 ? '1 process' : `${processCount} processes`;
  const facts = [
    ports.length === 0 ? count : `${count}, port ${ports.slice(0, 10).join(', ')}`,
    ...(events === null
      ? []
      : [`events: table ${cutText(events.table, 60)} in ${events.path}, ${userText(events.userTypes)}`]),
    ...(logs.length === 0
      ? []
      : [
          `logs: ${logs
            .slice(0, 3)
            .map(({ path, format }) => (format === null ? path : `${path} (${format})`))
            .join(', ')}${logs.length > 3 ? ', …' : ''}`,
        ]),
    ...(folders.length === 0
      ? []
      : [
          `writes in: ${folders
            .slice(0, 3)
            .map(({ path }) => path)
            .join(', ')}${folders.length > 3 ? ', …' : ''}`,
        ]),
    ...neighbours.map((other) => neighbourText(other)),
  ];
  return [`${name}:`, ...facts.map((fact) => `  ${fact}`)];
}

function userText(types: readonly string[]): string {
  return types.length === 0
    ? 'no rows of a user'
    : `rows of a user: ${types
        .slice(0, 5)
        .map((type) => cutText(type, 60))
        .join(', ')}`;
}

function neighbourText({
  name,
  pid,
  port,
  relation,
  isModel,
}: DiscoveredTarget['neighbours'][number]): string {
  const what = isModel ? 'model server' : 'connected to';
  const where = port === null ? '' : `, port ${port}`;
  const how = { child: ', in its tree', peer: isModel ? ', connected' : '', listening: ', not connected' }[
    relation
  ];
  return `${what} ${name} (pid ${pid}${where})${how}`;
}

function nextLines(path: string): string[] {
  return [
    'Next:',
    `  idleproof check --config ${path} --for 60s     one window now`,
    `  idleproof doctor --config ${path}              what can be seen of it here`,
    `  idleproof watch --config ${path}               for days`,
  ];
}
