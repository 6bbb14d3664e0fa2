import { createReadStream, type Dirent, type PathLike, readdir, statSync } from 'node:fs';
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

/**
 * The regular files that a pattern matches, in order; links are left alone. A path of a folder stands for all in it. Throws what the file system
 * says of a folder that may hold some and cannot be read.
 */
export async function findFiles(pattern: string, folder: string): Promise<string[]> {
  const unread: NodeJS.ErrnoException[] = [];
  const found = await glob([pattern], {
    cwd: folder,
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: true,
    fs: { readdir: telling((error) => unread.push(error)) },
  });
  const error = unread.find(({ code }) => !NOT_THERE.has(code));
  if (error !== undefined) throw error;
  return found.sort();
}

/** Reads folders for the glob, which passes over what it cannot read. */
const telling = (tell: (error: NodeJS.ErrnoException) => void): typeof readdir =>
  ((
    path: PathLike,
    options: { withFileTypes: true },
    done: (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void,
  ) =>
    readdir(path, options, (error, entries) => {
      if (error !== null) tell(error);
      done(error, entries);
    })) as typeof readdir;

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
