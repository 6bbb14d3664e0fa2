import {
  closeSync,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { openSqlite } from '../../../src/os/sqlite.ts';
import type { Fault } from '../fault.ts';
import { createDatabase, type Scene, TABLE } from '../scene.ts';

const BESIDE = ['', '-wal', '-shm'];

const moveAway = ({ database }: Scene): void => {
  for (const end of BESIDE) if (existsSync(database + end)) renameSync(database + end, `${database}.1${end}`);
};

export const databaseReplaced: Fault = {
  name: 'database-replaced',
  says: "a copy of the app's database, from before, takes its place",
  strike: ({ scene }) => {
    createDatabase(`${scene.database}.new`);
    for (const end of BESIDE.slice(1)) rmSync(scene.database + end, { force: true });
    renameSync(`${scene.database}.new`, scene.database);
  },
};

export const databaseRotated: Fault = {
  name: 'database-rotated',
  says: "the app's database is moved away, and a new one begun, which is empty",
  strike: ({ scene }) => {
    moveAway(scene);
    const db = openSqlite(scene.database);
    db.exec(TABLE);
    db.close();
  },
};

export const databaseRemoved: Fault = {
  name: 'database-removed',
  says: "the app's database is removed",
  moments: ['before'],
  strike: ({ scene }) => {
    for (const end of BESIDE) rmSync(scene.database + end, { force: true });
  },
};

export const databaseBack: Fault = {
  name: 'database-away-for-a-while',
  says: "the app's database is moved away for 0.9 s, and back",
  moments: ['before', 'after'],
  strike: ({ scene }) => moveAway(scene),
  undo: ({ scene: { database } }) => {
    for (const end of BESIDE)
      if (existsSync(`${database}.1${end}`)) renameSync(`${database}.1${end}`, database + end);
  },
};

export const databaseCorrupt: Fault = {
  name: 'database-corrupt',
  says: "the app's database is overwritten with other bytes",
  moments: ['before'],
  strike: ({ scene: { database } }) => {
    const { size } = statSync(database);
    const file = openSync(database, 'r+');
    writeSync(file, Buffer.alloc(size, 0x5a), 0, size, 0);
    closeSync(file);
  },
};

export const databaseTruncated: Fault = {
  name: 'database-truncated',
  says: "the app's database is cut to nothing",
  moments: ['before'],
  strike: ({ scene: { database } }) => {
    for (const end of BESIDE) if (existsSync(database + end)) truncateSync(database + end, 0);
  },
};

const changed = (name: string, says: string, statements: string): Fault => ({
  name,
  says,
  moments: ['before', 'after'],
  strike: ({ scene }) => {
    const db = openSqlite(scene.database);
    db.exec(statements);
    db.close();
  },
});

export const rowsDeleted: Fault = changed(
  'rows-deleted',
  'all rows of the table are deleted',
  'DELETE FROM events',
);

export const tableMadeAnew: Fault = changed(
  'table-made-anew',
  'the table is dropped and made anew',
  `DROP TABLE events; ${TABLE}`,
);

export const databaseVacuumed: Fault = changed(
  'database-vacuumed',
  "the app's database is vacuumed, and its log folded in",
  'VACUUM; PRAGMA wal_checkpoint(TRUNCATE)',
);

export const rowsRetyped: Fault = changed(
  'rows-retyped',
  'the rows of the table get another type',
  "UPDATE events SET type = 'note'",
);
