import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fault } from '../fault.ts';
import { evidenceOf } from '../run-folder.ts';

export const storeOverwritten: Fault = {
  name: 'store-overwritten',
  says: "the watchdog's evidence file is overwritten with zeros",
  strike: ({ watchdog }) => {
    const path = evidenceOf(watchdog);
    const { size } = statSync(path);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(size), 0, size, 0);
    closeSync(file);
  },
};

export const storeRemoved: Fault = {
  name: 'store-removed',
  says: "the folder with the watchdog's evidence is removed",
  strike: ({ watchdog }) => rmSync(dirname(evidenceOf(watchdog)), { recursive: true }),
};
