import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { Fault } from '../fault.ts';

export const folderReplaced: Fault = {
  name: 'folder-replaced',
  says: 'the watched folder is moved away, and another one made in its place',
  breaks: ['writes'],
  strike: ({ scene: { files, log } }) => {
    renameSync(files, `${files}.1`);
    mkdirSync(files);
    writeFileSync(log, 'started\n');
  },
};

export const folderRemoved: Fault = {
  name: 'folder-removed',
  says: 'the watched folder is removed',
  breaks: ['writes'],
  moments: ['before'],
  strike: ({ scene }) => rmSync(scene.files, { recursive: true }),
};

export const logRotated: Fault = {
  name: 'log-rotated',
  says: 'the log is rotated: renamed, and begun anew',
  breaks: ['writes'],
  strike: ({ scene: { log } }) => {
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
  },
};

export const logTruncated: Fault = {
  name: 'log-truncated',
  says: 'the log is cut to nothing and written to the size that it had',
  breaks: ['writes'],
  strike: ({ scene: { log } }) => {
    truncateSync(log, 0);
    appendFileSync(log, 'started\n');
  },
};
