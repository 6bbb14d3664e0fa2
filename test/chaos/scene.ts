import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../src/os/sqlite.ts';
import { type Driver, startDriver } from '../support/driver.ts';
import type { Peer } from './peer.ts';

/** An app that does nothing by itself: a process, its events table, its log, and a folder. */
export interface Scene {
  /** Everything of this scene lies in it. */
  folder: string;
  pidfile: string;
  database: string;
  /** The folder in which nobody should write. */
  files: string;
  /** The app's log, elsewhere; see LINE. */
  log: string;
  peer: Peer;
  /** The target; a fault can put another one in its place. */
  driver: Driver;
  /** What the clock of the app's host is off by; its rows are stamped so. */
  clockOffsetMs: number;
  /** The statement by which the target sends one datagram. */
  datagram: string;
  /** Processes that a fault has left to be ended with the scene. */
  helpers: { stop(): Promise<void> | void }[];
  close(): Promise<void>;
}

/** What is read of the log: its lines are words. */
export const LINE: string = String.raw`^(?<category>\w+)$`;

export const TABLE =
  'CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT NOT NULL, created_at TEXT NOT NULL)';

/** Before all windows. */
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();

/** An app's database as it is after a day: it has held a row of the type that rules name, the same one in all of them. */
export function createDatabase(path: string): void {
  const db = openSqlite(path);
  db.pragma('journal_mode = WAL');
  db.exec(TABLE);
  db.prepare('INSERT INTO events (type, created_at) VALUES (?, ?)').run('tool_run', YESTERDAY);
  db.close();
}

/** Folders of scenes; those that are not closed go with the process, as at a second Ctrl-C. */
const open: Set<string> = new Set();
process.once('exit', () => open.forEach(remove));

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  open.delete(folder);
}

export async function openScene(peer: Peer): Promise<Scene> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-chaos-')));
  open.add(folder);
  const files = join(folder, 'files');
  const logs = join(folder, 'logs');
  mkdirSync(files);
  mkdirSync(logs);
  mkdirSync(join(folder, 'out'));
  const scene: Scene = {
    folder,
    pidfile: join(folder, 'app.pid'),
    database: join(folder, 'app.db'),
    files,
    log: join(logs, 'app.log'),
    peer,
    driver: await startDriver(),
    clockOffsetMs: 0,
    datagram: `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', ${peer.udpPort}))`,
    helpers: [],
    close: async () => {
      for (const helper of scene.helpers.toReversed()) await helper.stop();
      await scene.driver.stop();
      remove(folder);
    },
  };
  writeFileSync(scene.pidfile, `${scene.driver.pid}\n`);
  writeFileSync(scene.log, 'started\n');
  createDatabase(scene.database);
  return scene;
}
