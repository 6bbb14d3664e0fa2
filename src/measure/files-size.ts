import { createReadStream, statSync } from 'node:fs';
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

/** The regular files that a pattern matches, in order; links are left alone. A path of a folder stands for all in it. */
export async function findFiles(pattern: string, folder: string): Promise<string[]> {
  const found = await glob([pattern], {
    cwd: folder,
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: true,
  });
  return found.sort();
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
