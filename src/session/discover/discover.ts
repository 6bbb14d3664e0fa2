import { appName, freeName } from '../../core/discovery/app-name.ts';
import { cutText } from '../../core/discovery/cut.ts';
import { isUserUnknown, unknownWorkTypes } from '../../core/discovery/event-types.ts';
import type { DiscoveredTarget, Discovery, FoundTable } from '../../model/discovery.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { TargetSpec } from '../../model/target.ts';
import { Procfs } from '../../os/procfs.ts';
import { readPorts } from '../../targets/discovery/listening.ts';
import { findNeighbours } from '../../targets/discovery/neighbours.ts';
import { type OpenFile, readOpenFiles, readWorkingFolder } from '../../targets/discovery/open-files.ts';
import { readArguments } from '../../targets/process-info.ts';
import { resolveTargets } from '../../targets/target-set.ts';
import { chooseEvents, findEventTables } from './databases.ts';
import { lastingSelector } from './lasting-selector.ts';
import { foldersAmong, logsAmong } from './written.ts';

export interface DiscoveryRequest {
  targets: readonly (TargetSpec & { /** Whether the user chose the name. */ isNamed: boolean })[];
  /** Folders into which idleproof itself will write. */
  ownFolders: readonly string[];
}

const LISTED_PROCESSES = 20;
/** Of each target: the open files of more are not looked at. */
const MOST_PROCESSES = 200;
const MOST_TABLES = 10;
/** Shared memory that looks like a deleted file: memfd_create(2), shm_open(3), shmget(2). */
const MEMORY = /^\/(?:memfd:|dev\/|SYSV|anon_hugepage)/u;

/** Looks at running apps, without watching them: nothing is connected to, and nothing is written. */
export function discover({ targets, ownFolders }: DiscoveryRequest): Discovery {
  const procfs = new Procfs();
  const { processes } = resolveTargets(targets, { procfs, nowMs: () => Date.now() });
  const found: Discovery = { schemaVersion: 1, targets: [], missing: [] };
  for (const target of targets) {
    const own = processes.filter((one) => one.target === target.name);
    const taken = found.targets.map(({ name }) => name);
    const name = target.isNamed ? target.name : freeName(nameOf(procfs, own, target.name), taken);
    const { seen, missing } = look(procfs, { ...target, name }, own, ownFolders);
    found.targets.push(seen);
    found.missing.push(...missing.map((text) => ({ target: name, text })));
  }
  return found;
}

function nameOf(procfs: Procfs, processes: readonly WatchedProcess[], otherwise: string): string {
  const root = processes.find(({ membership }) => membership === 'root');
  return root === undefined ? otherwise : appName(root.name, readArguments(procfs, root.pid));
}

function look(
  procfs: Procfs,
  target: TargetSpec,
  processes: readonly WatchedProcess[],
  ownFolders: readonly string[],
): { seen: DiscoveredTarget; missing: string[] } {
  const { files, workingFolders, hidden } = openFilesOf(procfs, processes);
  const pids = processes.map(({ pid }) => pid);
  const ports = readPorts(procfs, pids);
  const argv = processes.flatMap(({ pid }) => readArguments(procfs, pid));
  const { select, note } = lastingSelector(procfs, target.select, { processes, ports });
  const reachable = files.filter(({ isReachable }) => isReachable).map(({ path }) => path);
  const databases =
    hidden === processes.length
      ? { tables: [], missing: [] }
      : findEventTables({ openPaths: [...new Set(reachable)], workingFolders, argv });
  const { events, missing: unclear } = chooseEvents(databases.tables);
  const seen: DiscoveredTarget = {
    name: target.name,
    select,
    selectNote: note,
    processes: processes
      .slice(0, LISTED_PROCESSES)
      .map(({ pid, name, cmdline }) => ({ pid, name, cmdline: cutText(cmdline.trim(), 200) })),
    processCount: processes.length,
    ports,
    tables: databases.tables.slice(0, MOST_TABLES),
    events,
    logs: logsAmong(files),
    folders: foldersAmong(files, ownFolders),
    neighbours: findNeighbours(procfs, processes),
  };
  const missing = [
    ...hiddenText(hidden, processes.length),
    ...databases.missing,
    ...(unclear === null ? [] : [unclear]),
    ...(events === null ? [] : eventsTexts(events)),
    ...elsewhereText(files),
    ...(ports.length > 0 || hidden > 0 ? [] : ['it listens on no TCP port']),
    ...(note === null || select.by !== 'pid' ? [] : [note]),
  ];
  return { seen, missing };
}

function openFilesOf(
  procfs: Procfs,
  processes: readonly WatchedProcess[],
): { files: OpenFile[]; workingFolders: string[]; hidden: number } {
  const files: OpenFile[] = [];
  const folders = new Set<string>();
  let hidden = 0;
  for (const { pid } of processes.slice(0, MOST_PROCESSES)) {
    const open = readOpenFiles(procfs, pid);
    if (open === null) hidden += 1;
    files.push(...(open ?? []));
    const folder = readWorkingFolder(procfs, pid);
    if (folder !== null) folders.add(folder);
  }
  return { files, workingFolders: [...folders].sort(), hidden };
}

function hiddenText(hidden: number, all: number): string[] {
  if (hidden === 0) return [];
  const whose = hidden === all ? 'its processes' : `${hidden} of its ${all} processes`;
  return [
    `what ${whose} hold open may not be read by this user: ports, databases, logs and folders can be missing here; run idleproof init as root`,
  ];
}

function elsewhereText(files: readonly OpenFile[]): string[] {
  const gone = files.filter(
    ({ path, fd, isWritable, isReachable }) => fd > 2 && isWritable && !isReachable && !MEMORY.test(path),
  );
  const paths = [...new Set(gone.map(({ path }) => path))];
  if (paths.length === 0) return [];
  const shown = paths.slice(0, 3).map((path) => cutText(path, 200));
  const more = paths.length > shown.length ? `, and ${paths.length - shown.length} more` : '';
  return [
    `it writes to files that cannot be reached here (deleted, or in a container): ${shown.join(', ')}${more}`,
  ];
}

function eventsTexts({ path, table, types, userTypes, found }: FoundTable): string[] {
  const where = `the table ${cutText(table, 60)} in ${path}`;
  const work = unknownWorkTypes(types).map((type) => cutText(type, 60));
  const texts: string[] = [];
  if (found === 'named') texts.push(`${where} is named in its command line, and not held open just now`);
  if (types.length === 0) texts.push(`${where} is empty: which rows are a user's cannot be told yet`);
  else if (userTypes.length === 0) {
    const seen = types.slice(0, 10).map((type) => cutText(type, 60));
    texts.push(`no type in ${where} looks like a user's; it has ${seen.join(', ')}`);
  }
  if (isUserUnknown(types, userTypes)) {
    const users = userTypes.slice(0, 10).map((type) => cutText(type, 60));
    texts.push(
      `the shipped rules excuse tools and models after user_message, and a user's rows in ${where} are ${users.join(', ')}: without a rule of your own they are blamed`,
    );
  }
  if (work.length > 0) {
    texts.push(
      `the shipped rules know tool_run and llm_request, and ${where} has ${work.slice(0, 10).join(', ')}: without a rule that names these, tools and models can run unseen`,
    );
  }
  return texts;
}
