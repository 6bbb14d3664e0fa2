import type { Connection, ReadMode } from './database.ts';
import { BLOCK_ROWS, joinBlocks, type LastRead, type RowBlock } from './row-blocks.ts';
import type { EventsTable } from './table.ts';

/** Of more rows the oldest are not followed: each takes 4 bytes, and 0.1 to 0.2 µs where all are looked at. */
export const MOST_FOLLOWED = 1_000_000;
/** So many are looked at where not all are, and under a lock, for which others have to wait. */
export const ROWS_PER_LOOK = 10_000;
/** The same of blocks of which little is left: to ask for one takes as long as to look at a hundred rows. */
const BLOCKS_PER_LOOK = 50;
/** Lower than all ids. */
export const NO_ROW: bigint = -(2n ** 63n);
/** https://www.sqlite.org/rowidtable.html: SQLite itself gives out no lower one. */
export const LOWEST_GIVEN: bigint = 1n;

/** Rows below those that are remembered one by one. */
export interface OlderRows {
  /** In the order of ids, with a hole where rows are not followed. */
  blocks: readonly RowBlock[];
  /** They reach up to those that are remembered one by one, and take over what these forget. */
  isJoined: boolean;
  /** The next block to be looked at is the first with ids from here on. */
  next: bigint;
}

/** How they are read at a look. */
export interface OlderLook {
  mode: ReadMode;
  /** All of them, and not a part. */
  isThorough: boolean;
  lastRead: LastRead;
}

/** The lowest id of the `most` highest ones below `floor`; null: there are no others. */
export function startOfHighest(
  connection: Connection,
  { sqlKey: key, sqlName }: EventsTable,
  floor: bigint,
  most: number,
): bigint | null {
  const below = connection
    .prepare<[bigint, number], bigint>(
      `SELECT ${key} FROM ${sqlName} WHERE ${key} < ? ORDER BY ${key} DESC LIMIT 1 OFFSET ?`,
    )
    .pluck()
    .safeIntegers()
    .get(floor, most);
  return below === undefined ? null : below + 1n;
}

/** Those that are looked at: the last one in any case, since it grows, and the one below all ids that SQLite gives out, which is empty. */
export function dueBlocks(
  { blocks, isJoined, next }: OlderRows,
  { mode, isThorough }: OlderLook,
): { due: ReadonlySet<RowBlock>; next: bigint } {
  if (isThorough && mode !== 'shared-lock') return { due: new Set(blocks), next };
  const due = new Set<RowBlock>(isJoined ? blocks.slice(-1) : []);
  const [lowest] = blocks;
  if (lowest !== undefined && lowest.to <= LOWEST_GIVEN) due.add(lowest);
  const at = Math.max(
    0,
    blocks.findIndex(({ from }) => from >= next),
  );
  let rows = 0;
  for (const block of [...blocks.slice(at), ...blocks.slice(0, at)]) {
    if (rows >= ROWS_PER_LOOK || due.size >= BLOCKS_PER_LOOK) return { due, next: block.from };
    due.add(block);
    rows += block.prints.length;
  }
  return { due, next: NO_ROW };
}

/** Neighbours of which little is left, as where an app prunes, become one; only where both were just read is it known what they hold. */
export function joinSmall(
  connection: Connection,
  table: EventsTable,
  blocks: readonly RowBlock[],
  lastRead: LastRead,
): RowBlock[] {
  const joined: RowBlock[] = [];
  for (const block of blocks) {
    const before = joined.at(-1);
    const isSmall = (before?.prints.length ?? 0) + block.prints.length <= BLOCK_ROWS;
    const isNext = before?.to === block.from && block.from !== LOWEST_GIVEN;
    if (
      before !== undefined &&
      isNext &&
      isSmall &&
      before.lastRead === lastRead &&
      block.lastRead === lastRead
    )
      joined.splice(-1, 1, joinBlocks(connection, table, before, block));
    else joined.push(block);
  }
  return joined;
}

/** Of the ids that SQLite gives out the lowest go first: below those there are hardly any, and none of them is to be missed. */
export function withoutOldest(blocks: RowBlock[]): RowBlock[] {
  let rows = blocks.reduce((sum, { prints }) => sum + prints.length, 0);
  while (rows > MOST_FOLLOWED && blocks.length > 1) {
    const given = blocks.findIndex(({ from }) => from >= LOWEST_GIVEN);
    // The last one goes on with what comes.
    const [dropped] = blocks.splice(given === blocks.length - 1 ? 0 : Math.max(0, given), 1);
    rows -= dropped?.prints.length ?? 0;
  }
  return blocks;
}
