import { relative } from 'node:path';
import { type Document, type Node, Scalar, type YAMLMap } from 'yaml';
import { freeName } from '../core/discovery/app-name.ts';
import { isWithin } from '../core/discovery/broad-folder.ts';
import { cutText } from '../core/discovery/cut.ts';
import { describeSelector } from '../core/parse/selector.ts';
import { sayProcess } from '../core/wording/process.ts';
import type { DiscoveredTarget, FoundTable, Neighbour } from '../model/discovery.ts';
import type { Selector } from '../model/target.ts';
import { asComment, flowList, inline } from './draft-yaml.ts';

const LISTED = 10;
const SMALL_WORDS = 60;

/** What to watch, with what was found of each; paths become relative to the configuration's folder. */
export function targetsNode(document: Document, targets: readonly DiscoveredTarget[], folder: string): Node {
  const map = document.createNode({}) as YAMLMap;
  for (const target of targets) {
    const name = new Scalar(target.name);
    name.commentBefore = asComment(aboutTarget(target));
    map.add(document.createPair(name, targetNode(document, target, folder)));
  }
  const taken = targets.map(({ name }) => name);
  const others = targets.flatMap(({ neighbours }) => neighbours).filter(({ isModel }) => isModel);
  const named = others.flatMap((other) => {
    const label = freeName('model', taken);
    taken.push(label);
    return neighbourLines(other, label);
  });
  if (named.length > 0) map.comment = asComment(named);
  return map;
}

function targetNode(document: Document, target: DiscoveredTarget, folder: string): Node {
  const { select, events, tables, folders, logs, neighbours } = target;
  const map = document.createNode({}) as YAMLMap;
  map.add(document.createPair('select', document.createNode(selectOf(select), { flow: true })));
  if (events !== null) {
    const name = new Scalar('events');
    name.commentBefore = asComment(aboutTable(events));
    const source = { sqlite: pathIn(folder, events.path), table: events.table };
    map.add(document.createPair(name, document.createNode(source)));
  }
  const clear = folders.filter(({ doubt }) => doubt === null);
  if (clear.length > 0) {
    const name = new Scalar('files');
    name.commentBefore = asComment(['Folders where it writes; only rules about files look at them.']);
    map.add(document.createPair(name, document.createNode(clear.map(({ path }) => pathIn(folder, path)))));
  }
  const readable = logs.flatMap(({ path, format }) =>
    format === null ? [] : [{ file: pathIn(folder, path), format }],
  );
  if (readable.length > 0) {
    const name = new Scalar('logs');
    name.commentBefore = asComment(['Logs that tell what it does; only rules about logs look at them.']);
    map.add(document.createPair(name, flowList(document, readable)));
  }
  const after = [
    ...otherTables(events, tables, folder),
    ...(events === null && tables.length === 0 ? [EVENTS_HINT] : []),
    ...folders.flatMap(({ path, doubt }) => (doubt === null ? [] : [`It also writes in ${path}: ${doubt}.`])),
    ...logs
      .filter(({ format }) => format === null)
      .slice(0, LISTED)
      .map(({ path }) => `Log that it writes: ${path}`),
    ...neighbours
      .filter(({ relation, isModel }) => relation === 'peer' && !isModel)
      .slice(0, LISTED)
      .map((peer) => `It is connected to ${sayProcess(peer)} on port ${peer.port ?? '?'}.`),
  ];
  if (after.length > 0) map.comment = asComment(after);
  return map;
}

const EVENTS_HINT =
  'events: { sqlite: ./data/app.db, table: events }   # where the app writes down what it does';

function aboutTarget({ processes, processCount, ports, select, selectNote }: DiscoveredTarget): string[] {
  const [first] = processes;
  const count = processCount === 1 ? '1 process' : `${processCount} processes`;
  const where = ports.length === 0 ? '' : `, listening on ${ports.slice(0, LISTED).join(', ')}`;
  return [
    `${cutText(describeSelector(select), SMALL_WORDS)}: ${count}${where}`,
    ...(first === undefined ? [] : [`${first.name} (pid ${first.pid} then): ${first.cmdline}`]),
    ...(selectNote === null ? [] : [selectNote]),
  ];
}

function aboutTable({ columns, types, found }: FoundTable): string[] {
  const { id, type, time } = columns;
  const columnNames = [id ?? 'rowid', type, time ?? 'no time'].map((name) => cutText(name, SMALL_WORDS));
  return [
    `Columns, found by themselves: ${columnNames.join(', ')}.${found === 'open' ? '' : ' Not held open by the app when looked at.'}`,
    types.length === 0 ? 'It had no rows.' : `Types seen: ${listed(types)}.`,
  ];
}

function otherTables(chosen: FoundTable | null, tables: readonly FoundTable[], folder: string): string[] {
  const others = tables.filter((one) => one !== chosen).slice(0, LISTED);
  return others.map(
    ({ path, table, found }) =>
      `events: ${inline({ sqlite: pathIn(folder, path), table })}   # ${found === 'lying' ? 'lies in its folder, and it does not hold it open: is it its own?' : 'looks like events, too'}`,
  );
}

/** Model servers, each as a target of its own that can be put in. */
function neighbourLines({ name, pid, port, relation }: Neighbour, label: string): string[] {
  const words = { child: 'runs in the tree above', peer: 'is connected to', listening: 'listens beside it' };
  const select = port === null ? { name } : { port };
  return [
    `A model server, ${name} (pid ${pid} then), ${words[relation]}; as a target of its own:`,
    `${label}: ${inline({ select })}`,
  ];
}

function listed(words: readonly string[]): string {
  const shown = words.slice(0, LISTED).map((word) => cutText(word, SMALL_WORDS));
  return words.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}

function selectOf(select: Selector): object {
  switch (select.by) {
    case 'pid':
      return { pid: select.pid };
    case 'pidfile':
      return { pidfile: select.path };
    case 'name':
      return { name: select.name };
    case 'cmdline':
      return { cmdline: select.pattern };
    case 'port':
      return { port: select.port };
    case 'unit':
      return { unit: select.unit };
    case 'cgroup':
      return { cgroup: select.cgroup };
    case 'container':
      return { container: select.container };
    default:
      return { command: select.argv };
  }
}

/** Relative where it lies in or below the configuration's folder. */
function pathIn(folder: string, path: string): string {
  return isWithin(path, folder) ? `./${relative(folder, path)}` : path;
}
