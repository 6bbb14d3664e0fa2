import type { Fault } from '../fault.ts';
import { hold, letGo } from '../helper.ts';
import { evidenceOf } from '../run-folder.ts';
import type { Scene } from '../scene.ts';

const LOCK = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('BEGIN EXCLUSIVE')
print('locked', flush=True)
sys.stdin.read()
db.execute('ROLLBACK')
`;

/** Until it is let go. */
export const lockStore = (scene: Scene, path: string): Promise<void> => hold(scene, LOCK, path);

export const storeLockedForAWhile: Fault = {
  name: 'store-locked-for-a-while',
  says: "another process holds the lock of the watchdog's own evidence file for 1.5 s",
  holdMs: 1_500,
  strike: ({ scene, watchdog }) => lockStore(scene, evidenceOf(watchdog)),
  undo: ({ scene }) => letGo(scene),
};

export const storeLocked: Fault = {
  name: 'store-locked',
  says: "another process holds the lock of the watchdog's own evidence file to the end",
  lasts: true,
  moments: ['before', 'during'],
  strike: ({ scene, watchdog }) => lockStore(scene, evidenceOf(watchdog)),
  undo: ({ scene }) => letGo(scene),
};
