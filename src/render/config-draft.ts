import { relative } from 'node:path';
import { Document, type Node, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { isWithin } from '../core/discovery/broad-folder.ts';
import { cutText } from '../core/discovery/cut.ts';
import { describeSelector } from '../core/parse/selector.ts';
import type { DiscoveredTarget, Discovery, FoundTable, Neighbour } from '../model/discovery.ts';
import type { Selector } from '../model/target.ts';
import { type DraftUser, draftUser } from './draft-user.ts';

export interface DraftContext {
  /** Where the configuration will lie: paths in it are relative to there. */
  folder: string;
  /** Names of the packs to use. */
  rules: readonly string[];
  /** More packs that ship, to be suggested. */
  otherPacks: readonly { name: string; about: string }[];
}

const COMMENT_WIDTH = 300;
const LISTED = 10;
const SMALL_WORDS = 60;

/** A commented idleproof.yaml for what was found. Texts of the app are values that the YAML library quotes, or comments of one line. */
export function renderConfigDraft({ targets }: Discovery, context: DraftContext): string {
  const document = new Document({});
  const root = document.contents as unknown as YAMLMap;
  const add = (key: string, value: Node, comment: readonly string[]): void => {
    const name = new Scalar(key);
    name.spaceBefore = root.items.length > 0;
    name.commentBefore = asComment(comment);
    root.add(document.createPair(name, value));
  };
  document.commentBefore = asComment(HEAD);
  add('targets', targetsNode(document, targets, context), [
    'What to watch, each with its whole process tree.',
  ]);
  const user = draftUser(targets);
  if (user.causes.length > 0) add('user', flowList(document, user.causes), user.comment);
  add('windows', windowsNode(document, user), windowsComment(user));
  add('rules', rulesNode(document, context), [
    'What must not happen in a window: names of packs that ship, or files such as ./rules/ours.yaml.',
  ]);
  add('reports', document.createNode({ dir: 'reports', formats: ['json', 'md'] }, { flow: true }), [
    'A folder for each proof.',
  ]);
  document.comment = asComment(suggestions());
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

const HEAD: readonly string[] = [
  'Written by `idleproof init` from what a running app showed of itself. Read it, and make it yours.',
  'Lines that are commented out are suggestions. Paths are relative to this file.',
];

function targetsNode(document: Document, targets: readonly DiscoveredTarget[], context: DraftContext): Node {
  const map = document.createNode({}) as YAMLMap;
  for (const target of targets) {
    const name = new Scalar(target.name);
    name.commentBefore = asComment(aboutTarget(target));
    map.add(document.createPair(name, targetNode(document, target, context)));
  }
  const taken = targets.map(({ name }) => name);
  const others = targets.flatMap(({ neighbours }) => neighbours).filter(({ isModel }) => isModel);
  const named = others.flatMap((other, index) => neighbourLines(other, index, taken));
  if (named.length > 0) map.comment = asComment(named);
  return map;
}

function targetNode(document: Document, target: DiscoveredTarget, { folder }: DraftContext): Node {
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
  const after = [
    ...otherTables(events, tables, folder),
    ...(events === null && tables.length === 0 ? [EVENTS_HINT] : []),
    ...folders.flatMap(({ path, doubt }) => (doubt === null ? [] : [`It also writes in ${path}: ${doubt}.`])),
    ...logs.slice(0, LISTED).map((path) => `Log that it writes: ${path}`),
    ...neighbours
      .filter(({ relation, isModel }) => relation === 'peer' && !isModel)
      .slice(0, LISTED)
      .map(({ name, pid, port }) => `It is connected to ${name} (pid ${pid}) on port ${port ?? '?'}.`),
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
function neighbourLines(
  { name, pid, port, relation }: Neighbour,
  index: number,
  taken: readonly string[],
): string[] {
  const words = { child: 'runs in the tree above', peer: 'is connected to', listening: 'listens beside it' };
  const label = taken.includes('model') || index > 0 ? `model-${index + 2}` : 'model';
  const select = port === null ? { name } : { port };
  return [
    `A model server, ${name} (pid ${pid} then), ${words[relation]}; as a target of its own:`,
    `${label}: ${inline({ select })}`,
  ];
}

function windowsNode(document: Document, { causes }: DraftUser): Node {
  const quiet = { id: 'after-use', trigger: 'user-quiet', quietFor: '60s', settle: '10s' };
  const nightly = { id: 'nightly', trigger: 'schedule', cron: '0 3 * * *', duration: '1h' };
  const byHand = { id: 'by-hand', trigger: 'manual' };
  return flowList(document, causes.length > 0 ? [quiet, nightly, byHand] : [nightly, byHand]);
}

function windowsComment({ causes }: DraftUser): string[] {
  const quiet =
    causes.length > 0
      ? ['after-use opens when nobody has used the app for a minute.']
      : [
          'What counts as use is not known, so that no window can open after it. Where an events table is there:',
          'user: [ { activity: event, match: { type: user_message } } ]',
          'and here { id: after-use, trigger: user-quiet, quietFor: 60s }',
        ];
  return [
    'When `idleproof watch` proves that the app is idle; `idleproof check` has a window of its own.',
    ...quiet,
    'nightly is by the clock; by-hand is opened by `idleproof window open by-hand`.',
  ];
}

function rulesNode(document: Document, { rules, otherPacks }: DraftContext): Node {
  const list = document.createNode([...rules]) as YAMLSeq;
  list.comment = asComment(otherPacks.map(({ name, about }) => `- ${name}   # ${about}`));
  return list;
}

function suggestions(): string[] {
  return [
    'More that can be had; take the `# ` away.',
    ...commentedOut({ strict: true }, 'warnings make a window inconclusive, too'),
    ...commentedOut({ state: './state' }, 'where `watch` keeps its evidence; else by the user'),
    ...commentedOut({ retention: { evidence: '30d', size: '2GB' } }, 'proofs are kept'),
    ...commentedOut({ metrics: { listen: '127.0.0.1:9477' } }, 'for Prometheus'),
    ...commentedOut(
      { alerts: [{ type: 'webhook', url: '${ALERT_URL}' }] },
      'secrets come from the environment',
    ),
  ];
}

function commentedOut(entry: object, why: string): string[] {
  const [[key, value] = ['', null]] = Object.entries(entry) as [string, unknown][];
  return [`${key}: ${inline(value)}   # ${why}`];
}

/** A value on one line, as YAML's flow style has it. */
function inline(value: unknown): string {
  const document = new Document();
  document.contents = document.createNode(value, { flow: true }) as never;
  return document.toString({ lineWidth: 0 }).trim();
}

function flowList(document: Document, values: readonly object[]): Node {
  const list = document.createNode([]) as YAMLSeq;
  for (const value of values) list.add(document.createNode(value, { flow: true }));
  return list;
}

/** Each line by itself, harmless and bounded: nothing in it can end the comment. */
function asComment(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '' : ` ${cutText(line, COMMENT_WIDTH)}`)).join('\n');
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
