import type { Connection } from './database.ts';
import {
  dueBlocks,
  joinSmall,
  LOWEST_GIVEN,
  MOST_FOLLOWED,
  NO_ROW,
  type OlderLook,
  type OlderRows,
  ROWS_PER_LOOK,
  startOfHighest,
  withoutOldest,
} from './followed-blocks.ts';
import {
  digestOf,
  type BlockRow,
  type LastRead,
  membersOf,
  readBlocks,
  type RowBlock,
} from './row-blocks.ts';
import type { Key } from './rows.ts';
import type { EventsTable } from './table.ts';

/** Of more that came or became others at a look it is only counted how many. */
const MOST_CHANGED = 1000;

/** A row that came, or became another. */
interface ChangedRow {
  key: bigint;
  /** Until then it was not what it is now. */
  before: LastRead;
}

export interface OlderReading {
  /** As they are now; null: nothing is known of them. */
  older: OlderRows | null;
  /** Those that came or became others, as many as are told. */
  changed: ChangedRow[];
  /** How many others did so. */
  untold: number;
  /** None of the older rows was left out. */
  isWhole: boolean;
}

/** The rows that are remembered one by one. */
interface Remembered {
  /** The lowest id; undefined: there is none. */
  floor: Key | undefined;
  /** What was read and is not remembered: those are older rows from now on. */
  dropped: readonly { key: Key }[];
}

/**
 * Rows below `floor`. Of a table whose ids SQLite gives out, where many would be read under a lock, those below all that it gives
 * out: they can come only from an app that names them after all.
 */
export function readOlder(
  connection: Connection,
  table: EventsTable,
  floor: Key | undefined,
  { mode, lastRead }: Pick<OlderLook, 'mode' | 'lastRead'>,
): OlderRows | null {
  if (!table.hasRowid || typeof floor !== 'bigint') return null;
  const read = (from: bigint, to: bigint): RowBlock[] =>
    Array.from(readBlocks(connection, table, { from, to }, lastRead), ({ block }) => block);
  const isLocked = mode === 'shared-lock';
  const lowest = floor < LOWEST_GIVEN ? floor : LOWEST_GIVEN;
  const start = startOfHighest(connection, table, floor, isLocked ? ROWS_PER_LOOK : MOST_FOLLOWED);
  if (start === null)
    return { blocks: [...read(NO_ROW, lowest), ...read(lowest, floor)], isJoined: true, next: NO_ROW };
  const few = table.choosesIds || start <= lowest ? [] : read(NO_ROW, lowest);
  if (!isLocked) return { blocks: [...few, ...read(start, floor)], isJoined: true, next: NO_ROW };
  return few.length === 0 ? null : { blocks: few, isJoined: false, next: NO_ROW };
}

/** Whether there are rows that are not followed. */
export function hasHole({ blocks, isJoined }: OlderRows): boolean {
  return !isJoined || blocks.some(({ from }, index) => from !== (blocks[index - 1]?.to ?? NO_ROW));
}

/** What has become of them. That some are gone says nothing, since apps prune. */
export function followOlder(
  connection: Connection,
  table: EventsTable,
  before: OlderRows | null,
  { floor, dropped }: Remembered,
  look: OlderLook,
): OlderReading {
  if (before === null) {
    const older = readOlder(connection, table, floor, look);
    return { older, changed: [], untold: 0, isWhole: !table.hasRowid || typeof floor !== 'bigint' };
  }
  const found: Found = { changed: [], untold: 0 };
  const { due, next } = dueBlocks(before, look);
  const isWhole = due.size === before.blocks.length && !hasHole(before);
  const blocks: RowBlock[] = [];
  for (const block of before.blocks) {
    if (!due.has(block)) blocks.push(block);
    else if (digestOf(connection, table, block) === block.digest) {
      blocks.push({ ...block, lastRead: look.lastRead });
    } else {
      const isKnown = membersOf(block);
      const told = found.changed.length + found.untold;
      const rows = take(readBlocks(connection, table, block, look.lastRead), {
        blocks,
        found,
        isKnown,
        before: block,
      });
      // Some row is another one, and looks the same.
      if (found.changed.length + found.untold === told && rows === block.prints.length) found.untold += 1;
    }
  }
  if (!before.isJoined && look.mode !== 'shared-lock') {
    return { older: readOlder(connection, table, floor, look), ...found, isWhole };
  }
  const last = before.blocks.at(-1);
  if (before.isJoined && last !== undefined && typeof floor === 'bigint' && floor > last.to) {
    const keys = new Set<Key>(dropped.map(({ key }) => key));
    const more = readBlocks(connection, table, { from: last.to, to: floor }, look.lastRead);
    take(more, { blocks, found, isKnown: ({ key }) => keys.has(key), before: last });
  }
  const kept = withoutOldest(joinSmall(connection, table, blocks, look.lastRead));
  return { older: { blocks: kept, isJoined: before.isJoined, next }, ...found, isWhole };
}

type Found = Pick<OlderReading, 'changed' | 'untold'>;

interface Taking {
  blocks: RowBlock[];
  found: Found;
  isKnown: (row: BlockRow) => boolean;
  /** What their rows were part of before. */
  before: RowBlock;
}

/** Takes over blocks, and those of their rows that were not known. Returns how many rows there are. */
function take(
  read: ReturnType<typeof readBlocks>,
  { blocks, found, isKnown, before: { lastRead } }: Taking,
): number {
  let count = 0;
  for (const { block, rows } of read) {
    blocks.push(block);
    count += rows.length;
    for (const row of rows) {
      if (isKnown(row)) continue;
      if (found.changed.length < MOST_CHANGED) found.changed.push({ key: row.key, before: lastRead });
      else found.untold += 1;
    }
  }
  return count;
}
