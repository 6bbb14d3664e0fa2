import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { IdleproofError } from '../../errors.ts';
import { insertBetween } from '../../render/between-markers.ts';

const LARGEST_BYTES = 16_000_000;

/**
 * Puts a block between the markers of an existing file, all at once or not at all: into a new file beside it, which then takes its
 * place. Bytes outside of the markers are never touched, whatever their encoding. Returns whether anything changed.
 */
export function writeInto(given: string, block: string): boolean {
  try {
    const path = realpathSync(given);
    const before = statSync(path);
    if (!before.isFile()) throw new Error('it is not a file');
    // A new file takes its place, which needs no right to write into the old one.
    accessSync(path, constants.W_OK);
    if (before.size > LARGEST_BYTES) throw new Error(`it is larger than ${LARGEST_BYTES / 1e6} MB`);
    // Byte by byte: what is no UTF-8 outlives it, too.
    const old = readFileSync(path, 'latin1');
    const inserted = insertBetween(old, Buffer.from(block, 'utf8').toString('latin1'));
    if ('problem' in inserted) {
      throw new IdleproofError('INTO_MARKERS', {
        path: given,
        line: inserted.line,
        problem: inserted.problem,
      });
    }
    if (inserted.text === old) return false;
    replace(path, Buffer.from(inserted.text, 'latin1'), before, () => {
      const now = statSync(path);
      if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino)
        throw new Error('somebody else has just written it');
    });
    return true;
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    throw new IdleproofError('INTO_UNREADABLE', { path: given, problem: (error as Error).message }, error);
  }
}

function replace(path: string, bytes: Buffer, before: Stats, assertUnchanged: () => void): void {
  const next = join(dirname(path), `.idleproof-${process.pid}.tmp`);
  try {
    const file = openSync(next, 'wx', 0o600);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    keepOwner(next, before);
    chmodSync(next, before.mode & 0o7777);
    assertUnchanged();
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** What root writes stays its owner's; whoever may not give files away owns what he writes. */
function keepOwner(path: string, { uid, gid }: Stats): void {
  const now = statSync(path);
  if (now.uid === uid && now.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
