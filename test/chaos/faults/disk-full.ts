import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, Stage } from '../fault.ts';
import { needsRoot } from '../trace-instances.ts';

/** The file system is the watchdog's own: it is reached through its process. */
const fillerOf = ({ watchdog }: Stage): string => join(`/proc/${watchdog.pid}/root${watchdog.out}`, 'filler');

const fill = (stage: Stage): void => {
  const { stderr } = spawnSync('dd', ['if=/dev/zero', `of=${fillerOf(stage)}`, 'bs=4k'], {
    encoding: 'utf8',
  });
  if (!stderr.includes('No space left')) throw new Error(`the disk is not full: ${stderr}`);
};

const SMALL = 'mount -t tmpfs -o size=3m none "$0" && exec "$@"';
const onSmallDisk: Fault['setUp'] = ({ folder }) => ({
  inside: ['unshare', '--mount', 'sh', '-c', SMALL, join(folder, 'out')],
});

export const diskFull: Fault = {
  name: 'disk-full',
  says: 'the disk on which the watchdog writes is full to the end',
  lasts: true,
  moments: ['before', 'during'],
  unavailable: needsRoot,
  setUp: onSmallDisk,
  strike: fill,
};

export const diskFullForAWhile: Fault = {
  name: 'disk-full-for-a-while',
  says: 'the disk on which the watchdog writes is full for 1.5 s',
  holdMs: 1_500,
  unavailable: needsRoot,
  setUp: onSmallDisk,
  strike: fill,
  undo: (stage) => rmSync(fillerOf(stage)),
};
