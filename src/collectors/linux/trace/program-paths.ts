import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { escapeControls } from '../../../core/parse/escape-controls.ts';
import { PROGRAM_HEADER_BYTES, parseProgramHeader } from '../../../core/parse/program-header.ts';
import { unresolved } from '../../../core/parse/unresolved-path.ts';
import { type FoundPath, pathInRoot } from '../../../os/path-in-root.ts';
import { STAMP_GRAIN_MS } from '../../../os/stamp-grain.ts';
import type { LookReader } from '../look-reader.ts';
import type { Life, Program } from './lives.ts';
import { isSameStart } from './start-ticks.ts';

/** What a process sees as its root. */
interface Root {
  /** Where it is to be found; empty: it is our own. */
  folder: string;
  /** Its own path, which /proc/PID/exe begins with; empty: it is the root of its mounts. */
  prefix: string;
}

const LONGEST_PATH = 1000;
/** Of one look. Each takes some ten microseconds. */
const MOST_LOOKUPS = 200;
/** comm, the name that the kernel gives a process when it executes a program; see proc_pid_comm(5). */
const NAME_BYTES = 15;
/** Scripts whose interpreters are scripts: the kernel gives up then; see execve(2). */
const MOST_INTERPRETERS = 5;

type Reader = Pick<LookReader, 'procfs' | 'exe' | 'startTicks' | 'threadName'>;

/**
 * Paths of executed programs as /proc/PID/exe tells them of whoever lives long enough: links resolved, of a script its
 * interpreter. The kernel records what was asked for, and a rule about the one path must not miss the other.
 */
export class ProgramPaths {
  readonly #reader: Reader;
  readonly #wallMsOf: (ns: number) => number;
  readonly #roots: Map<number, Root | null> = new Map();
  readonly #found: Map<string, FoundPath | null> = new Map();

  /** @param wallMsOf a time of the trace by the wall clock */
  constructor(reader: Reader, wallMsOf: (ns: number) => number) {
    this.#reader = reader;
    this.#wallMsOf = wallMsOf;
  }

  /** To be called before each look: what a path leads to can change between two. */
  forget(): void {
    this.#roots.clear();
    this.#found.clear();
  }

  /** The path of a program that a process executed, and maybe runs no more; marked where nobody can tell it. */
  of(life: Life, program: Program): string {
    program.path ??=
      this.#resolve(life, program) ?? unresolved(escapeControls(program.filename.slice(0, LONGEST_PATH)));
    return program.path;
  }

  #resolve(life: Life, program: Program): string | null {
    const path = this.#lookUp(life, program);
    const running = this.#running(life, program);
    if (running === null || running === path) return path;
    // Since the trace was read it may have executed another one, which would have given it another name.
    const name = Buffer.from(basename(program.filename)).subarray(0, NAME_BYTES).toString();
    return this.#reader.threadName(life.pid) === name && this.#isAlive(life) ? running : null;
  }

  /** What it runs now; null where that is certainly another one, or nothing. */
  #running(life: Life, program: Program): string | null {
    if (life.program !== program || life.diedNs !== null) return null;
    const path = this.#reader.exe(life.pid);
    return path !== null && this.#isAlive(life) ? bounded(path) : null;
  }

  /** In the root of who executed it, or who is nearest to that: a child has the root of its parent, mostly. */
  #lookUp(life: Life, { filename, atNs }: Program): string | null {
    const root = isAbsolute(filename) ? this.#rootOf(life) : null;
    if (root === null) return null;
    const key = `${root.folder}\n${filename}`;
    const known = this.#found.get(key);
    if (known === undefined && this.#found.size >= MOST_LOOKUPS) return null;
    const found = known === undefined ? programIn(root.folder, filename) : known;
    this.#found.set(key, found);
    // It may have led elsewhere then.
    if (found === null || found.sinceMs >= this.#wallMsOf(atNs) - STAMP_GRAIN_MS) return null;
    return bounded(`${root.prefix}${found.path}`);
  }

  #rootOf(life: Life): Root | null {
    for (let one: Life | null = life; one !== null; one = one.hasOwnMounts ? null : one.parent) {
      if (one.diedNs !== null) continue;
      const { pid } = one;
      const known = this.#roots.get(pid);
      const root = known === undefined && this.#isAlive(one) ? this.#readRoot(pid) : (known ?? null);
      this.#roots.set(pid, root);
      if (root !== null) return root;
    }
    return null;
  }

  #readRoot(pid: number): Root | null {
    const { procfs } = this.#reader;
    try {
      const path = procfs.link(`${pid}/root`);
      if (path === null) return null;
      const isOwn = path === '/' && procfs.link(`${pid}/ns/mnt`) === procfs.link('self/ns/mnt');
      return { folder: isOwn ? '' : `${procfs.root}/${pid}/root`, prefix: path === '/' ? '' : path };
    } catch {
      // Not ours to look into.
      return null;
    }
  }

  /** Else its number was given to another process meanwhile. */
  #isAlive({ pid, bornNs, process }: Life): boolean {
    const ticks = this.#reader.startTicks(pid);
    if (ticks === null) return false;
    return bornNs === null ? process?.startTicks === ticks : isSameStart(bornNs, ticks);
  }
}

function bounded(path: string): string | null {
  return path.length > LONGEST_PATH ? null : escapeControls(path);
}

/** The file that the kernel runs when this one is executed, and since when it is that one; null where that cannot be told. */
function programIn(root: string, filename: string): FoundPath | null {
  let asked = filename;
  let sinceMs = 0;
  for (let depth = 0; depth <= MOST_INTERPRETERS; depth += 1) {
    const found = isAbsolute(asked) ? pathInRoot(root, asked) : null;
    const head = found === null ? null : headOf(`${root}${found.path}`);
    const header = head === null ? null : parseProgramHeader(head.bytes);
    if (found === null || head === null || header === null) return null;
    // What is in it says whether it is a script.
    sinceMs = Math.max(sinceMs, found.sinceMs, head.changedMs);
    if (header === 'itself') return { path: found.path, sinceMs };
    asked = header.interpreter;
  }
  return null;
}

/** The first bytes of a file, and when it was changed last; null where it cannot be read, or would have to be waited for. */
function headOf(path: string): { bytes: Buffer; changedMs: number } | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return null;
      const head = Buffer.alloc(PROGRAM_HEADER_BYTES);
      return { bytes: head.subarray(0, readSync(fd, head)), changedMs: stat.ctimeMs };
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
