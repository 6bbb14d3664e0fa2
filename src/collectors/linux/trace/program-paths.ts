import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { escapeControls } from '../../../core/parse/escape-controls.ts';
import { PROGRAM_HEADER_BYTES, parseProgramHeader } from '../../../core/parse/program-header.ts';
import { unresolved } from '../../../core/parse/unresolved-path.ts';
import { pathInRoot } from '../../../os/path-in-root.ts';
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
/** Scripts whose interpreters are scripts: the kernel gives up then; see execve(2). */
const MOST_INTERPRETERS = 5;

/**
 * Paths of executed programs as /proc/PID/exe tells them of whoever lives long enough: links resolved, of a script its
 * interpreter. The kernel records what was asked for, and a rule about the one path must not miss the other.
 */
export class ProgramPaths {
  readonly #reader: Pick<LookReader, 'procfs' | 'exe' | 'startTicks'>;
  readonly #roots: Map<number, Root | null> = new Map();
  readonly #found: Map<string, string | null> = new Map();

  constructor(reader: Pick<LookReader, 'procfs' | 'exe' | 'startTicks'>) {
    this.#reader = reader;
  }

  /** To be called before each look: what a path leads to can change between two. */
  forget(): void {
    this.#roots.clear();
    this.#found.clear();
  }

  /** The path of a program that a process executed, and maybe runs no more; marked where nobody can tell it. */
  of(life: Life, program: Program): string {
    program.path ??= this.#ofLiving(life, program) ?? this.#lookUp(life, program.filename);
    return program.path;
  }

  #ofLiving(life: Life, program: Program): string | null {
    if (life.program !== program || life.diedNs !== null) return null;
    const path = this.#reader.exe(life.pid);
    return path !== null && this.#isAlive(life) ? bounded(path) : null;
  }

  /** In the root of who executed it, or who is nearest to that: a child has the root of its parent, mostly. */
  #lookUp(life: Life, filename: string): string {
    const asked = unresolved(escapeControls(filename.slice(0, LONGEST_PATH)));
    const root = isAbsolute(filename) ? this.#rootOf(life) : null;
    if (root === null) return asked;
    const key = `${root.folder}\n${filename}`;
    const known = this.#found.get(key);
    if (known === undefined && this.#found.size >= MOST_LOOKUPS) return asked;
    const path = known === undefined ? programIn(root.folder, filename) : known;
    this.#found.set(key, path);
    return (path === null ? null : bounded(`${root.prefix}${path}`)) ?? asked;
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

/** The file that the kernel runs when this one is executed; null where that cannot be told. */
function programIn(root: string, filename: string): string | null {
  let asked = filename;
  for (let depth = 0; depth <= MOST_INTERPRETERS; depth += 1) {
    const path = isAbsolute(asked) ? pathInRoot(root, asked) : null;
    const header = path === null ? null : parseProgramHeader(headOf(`${root}${path}`));
    if (header === null) return null;
    if (header === 'itself') return path;
    asked = header.interpreter;
  }
  return null;
}

/** The first bytes of a file; none where it cannot be read, or is something that would have to be waited for. */
function headOf(path: string): Buffer {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const head = Buffer.alloc(PROGRAM_HEADER_BYTES);
      return fstatSync(fd).isFile() ? head.subarray(0, readSync(fd, head)) : Buffer.alloc(0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return Buffer.alloc(0);
  }
}
