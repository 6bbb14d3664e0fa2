import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fault } from '../fault.ts';

export const logRotated: Fault = {
  name: 'log-rotated',
  says: 'the log is rotated: renamed, and begun anew',
  strike: ({ scene: { log } }) => {
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
  },
};

export const logTruncated: Fault = {
  name: 'log-truncated',
  says: 'the log is cut to nothing and written to the size that it had',
  strike: ({ scene: { log } }) => {
    truncateSync(log, 0);
    appendFileSync(log, 'started\n');
  },
};

export const logRemoved: Fault = {
  name: 'log-removed',
  says: 'the log is removed',
  strike: ({ scene: { log } }) => rmSync(log),
};

export const logFolderReplaced: Fault = {
  name: 'log-folder-replaced',
  says: 'the folder of the log is moved away, and another one with a log made in its place',
  strike: ({ scene: { log } }) => {
    const folder = dirname(log);
    renameSync(folder, `${folder}.1`);
    mkdirSync(folder);
    writeFileSync(log, 'started\n');
  },
};
