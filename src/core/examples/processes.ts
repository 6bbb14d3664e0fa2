import type { WatchedProcess } from '../../model/process.ts';
import type { ToldActivity } from './example.ts';

/** The network namespace of every process that is told. */
export const NAMESPACE = 'network:1';

const FIRST_PID = 1000;
const HOUR_MS = 3_600_000;

/** The processes of an example: one root for each target, and those that activities name. */
export class ToldProcesses {
  readonly all: WatchedProcess[] = [];
  readonly #openingMs: number;

  constructor(targets: readonly string[], openingMs: number) {
    this.#openingMs = openingMs;
    for (const target of targets)
      this.#add({ target, name: target.slice(0, 15), parent: null, startedAtMs: null });
  }

  /** The root of a target. */
  rootOf(target: string): WatchedProcess | undefined {
    return this.all.find((process) => process.target === target && process.membership === 'root');
  }

  /** Who acts: as the activity names it, a child of the root where it is not the root itself. Null: it is told not to be known. */
  actorOf(told: ToldActivity, target: string): WatchedProcess | null {
    if (told['process.name'] === null) return null;
    const root = this.rootOf(target);
    const named = { name: told['process.name'], cmdline: told['process.cmdline'], pid: told['process.pid'] };
    const isAsNamed = (process: WatchedProcess): boolean =>
      process.target === target &&
      (named.name === undefined || process.name === named.name) &&
      (named.cmdline === undefined || process.cmdline === named.cmdline) &&
      (named.pid === undefined || process.pid === named.pid);
    const known = this.all.find(isAsNamed);
    if (known !== undefined || root === undefined) return known ?? null;
    return this.#add({
      target,
      name: textOr(named.name, root.name),
      cmdline: textOr(named.cmdline, ''),
      ...(typeof named.pid === 'number' ? { pid: named.pid } : {}),
      parent: root,
      startedAtMs: null,
    });
  }

  /** A process that starts in the window. */
  spawn(told: ToldActivity, target: string, atMs: number): WatchedProcess {
    const exe = typeof told['exe'] === 'string' ? told['exe'] : null;
    const name = textOr(told['process.name'], exe?.split('/').at(-1) ?? 'child').slice(0, 15);
    return this.#add({
      target,
      name,
      cmdline: textOr(told['process.cmdline'], ''),
      exe,
      parent: this.rootOf(target) ?? null,
      startedAtMs: atMs,
    });
  }

  #add(given: {
    target: string;
    name: string;
    cmdline?: string;
    exe?: string | null;
    pid?: number;
    parent: WatchedProcess | null;
    startedAtMs: number | null;
  }): WatchedProcess {
    const id = this.all.length + 1;
    // A command line that nobody told is not known.
    const { target, name, cmdline = '', exe = `/usr/bin/${name}`, parent } = given;
    const process: WatchedProcess = {
      id,
      pid: given.pid ?? FIRST_PID + id - 1,
      startTicks: id,
      parentPid: parent?.pid ?? 1,
      sessionId: 1,
      name,
      cmdline,
      exe,
      startedAtMs: given.startedAtMs ?? this.#openingMs - HOUR_MS,
      target,
      parentId: parent?.id ?? null,
      membership: parent === null ? 'root' : 'child',
      networkScope: NAMESPACE,
    };
    this.all.push(process);
    return process;
  }
}

const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);
