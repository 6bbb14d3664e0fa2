import { unpackSamples } from '../../src/evidence/sample-blocks.ts';
import { readRows } from '../../src/evidence/batch-rows.ts';
import type { Keyframe } from '../../src/evidence/chain.ts';
import { migrate } from '../../src/evidence/migrations.ts';
import { readSegments } from '../../src/evidence/segments.ts';
import { type Row, TABLE_NAMES, type Value } from '../../src/evidence/tables.ts';
import { ChainWriter } from '../../src/evidence/writing.ts';
import { openSqlite, type Sqlite } from '../../src/os/sqlite.ts';

/** Writes the evidence of a file as layout 3 had it: each sample and each reading of counters a row of its own, in its batch. */
export function writeAsLayout3(path: string, earlierPath: string): void {
  const db = openSqlite(path, { readonly: true });
  const earlier = openSqlite(earlierPath);
  try {
    migrate(earlier, earlierPath);
    const writer = new ChainWriter(earlierPath, earlier);
    for (const segment of readSegments(db, true)) {
      for (const { id, atMs, keyframe } of batchesOf(db, segment.id))
        writer.append(atMs, earlierRows(db, id), keyframe);
      if (segment.toMs !== null) writer.rotate(segment.toMs, []);
    }
    earlier.exec('DROP TABLE sample_block');
    earlier.pragma('user_version = 3');
  } finally {
    db.close();
    earlier.close();
  }
}

interface Batch {
  id: number;
  atMs: number;
  keyframe: Keyframe;
}

const batchesOf = (db: Sqlite, segment: number): Batch[] =>
  db
    .prepare<[number], Batch>('SELECT id, at_ms AS atMs, keyframe FROM batch WHERE segment = ? ORDER BY id')
    .all(segment);

function earlierRows(db: Sqlite, id: number): Row[] {
  const rows = unpackSamples(readRows(db, new Set(TABLE_NAMES), { fromBatch: id, toBatch: id }));
  return rows.flatMap((row) => (row.table === 'counter' ? singleReadings(row) : row));
}

/** `[{"a":1},2000,{"a":2}]`, read at 1000, is `[{"a":1}]` at 1000 and `[{"a":2}]` at 2000. */
function singleReadings(row: Row): Row[] {
  const [atMs = null, scope = null, body] = row.values;
  const told = JSON.parse(String(body)) as unknown;
  if (!Array.isArray(told)) return [row];
  return told.flatMap((changes: unknown, place) =>
    place % 2 === 0
      ? {
          table: 'counter',
          values: [place === 0 ? atMs : (told[place - 1] as Value), scope, JSON.stringify([changes])],
        }
      : [],
  );
}
