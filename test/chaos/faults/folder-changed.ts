import { mkdirSync, renameSync, rmSync } from 'node:fs';
import type { Fault } from '../fault.ts';

export const folderReplaced: Fault = {
  name: 'folder-replaced',
  says: 'the watched folder is moved away, and another one made in its place',
  breaks: ['writes'],
  strike: ({ scene: { files } }) => {
    renameSync(files, `${files}.1`);
    mkdirSync(files);
  },
};

export const folderRemoved: Fault = {
  name: 'folder-removed',
  says: 'the watched folder is removed',
  breaks: ['writes'],
  moments: ['before'],
  strike: ({ scene }) => rmSync(scene.files, { recursive: true }),
};
