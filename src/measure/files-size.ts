import { createReadStream, type Dirent, type PathLike, readdir, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { glob } from 'tinyglobby';

export interface FileSize {
  /** As the pattern found it, from the folder that was looked in. */
  path: string;
  rawBytes: number;
  /** Each file by itself, at level 9, as a web server sends it. */
  gzipBytes: number;
}

const GZIP_LEVEL = 9;

/** What is not there has no files. */
const NOT_THERE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR']);

/** What a pattern is about, by path from the folder that was looked in, in order. */
export interface FoundFiles {
  files: string[];
  /** Symbolic links to files that it matches, to folders below which it may match some, and to nothing. None is followed. */
  links: string[];
}

/**
 * The regular files that a pattern matches; a path of a folder stands for all in it. Throws what the file system says of a folder that may hold
 * some and cannot be read.
 */
export async function findFiles(pattern: string, folder: string): Promise<FoundFiles> {
  const reader = new FolderReader();
  const found = await glob([pattern], {
    cwd: folder,
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: true,
    fs: { readdir: reader.readdir },
  });
  const error = reader.unread.find(({ code }) => !NOT_THERE.has(code));
  if (error !== undefined) throw error;
  const isLink = (path: string): boolean => reader.links.has(resolve(folder, path));
  const folders = [...reader.asked].map((path) => relative(folder, path));
  return {
    files: found.filter((path) => !isLink(path)).sort(),
    links: [...found.filter(isLink), ...folders].sort(),
  };
}

/**
 * Reads folders for the glob, which passes over what it cannot read, and over links. It is shown a link as what that leads to: what it then
 * matches, or asks to see the inside of, is what the pattern is about.
 */
class FolderReader {
  readonly unread: NodeJS.ErrnoException[] = [];
  readonly links: Set<string> = new Set();
  /** Links to folders that it wanted to see the inside of. */
  readonly asked: Set<string> = new Set();

  readonly readdir: typeof readdir = ((
    path: PathLike,
    options: { withFileTypes: true },
    done: (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void,
  ) => {
    const folder = resolve(String(path));
    if (this.links.has(folder)) {
      this.asked.add(folder);
      done(null, []);
      return;
    }
    readdir(path, options, (error, entries) => {
      if (error !== null) this.unread.push(error);
      done(error, error === null ? entries.map((entry) => this.#shown(folder, entry)) : entries);
    });
  }) as typeof readdir;

  #shown(folder: string, entry: Dirent): Dirent {
    if (!entry.isSymbolicLink()) return entry;
    const path = join(folder, entry.name);
    this.links.add(path);
    const isFolder = leadsToFolder(path);
    return Object.assign(Object.create(entry) as Dirent, {
      isSymbolicLink: () => false,
      isDirectory: () => isFolder,
      isFile: () => !isFolder,
    });
  }
}

/** Links that lead nowhere, in circles or where nobody may look are taken for files. */
function leadsToFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Sizes of one file, in bounded memory. Throws what the file system says. */
export async function sizeOf(path: string, absolutePath: string, signal: AbortSignal): Promise<FileSize> {
  const { size } = statSync(absolutePath);
  let gzipBytes = 0;
  await pipeline(
    createReadStream(absolutePath),
    createGzip({ level: GZIP_LEVEL }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) gzipBytes += chunk.length;
    },
    { signal },
  );
  return { path, rawBytes: size, gzipBytes };
}
