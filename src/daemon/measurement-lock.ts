import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessKey } from '../model/process.ts';
import { Procfs } from '../os/procfs.ts';
import { readStat } from '../targets/process-table.ts';
import { isProcessKey } from './process-key.ts';
import { DAEMON_LOCK_FILE } from '../model/file-names.ts';

/** Somebody measures processes; it holds for as long as the measuring process lives and its file is there. */
export interface Measurement {
  by: ProcessKey;
  /** In words: `idleproof check`. */
  command: string;
  processes: readonly ProcessKey[];
}

const FOLDER = 'measurements';
const MOST_PROCESSES = 10_000;

/** Where measurements of the targets of a daemon are announced. */
export const measurementsFolder = (stateFolder: string): string => join(stateFolder, FOLDER);

/**
 * Tells the daemons of some state folders, as far as there are any and this user may, that these processes are measured from now on.
 * @returns tells them that it is over
 */
export function announceMeasurement(
  stateFolders: readonly string[],
  command: string,
  processes: readonly ProcessKey[],
): () => void {
  const startTicks = readStat(new Procfs(), process.pid)?.startTicks ?? 0;
  const keys = processes.slice(0, MOST_PROCESSES).map(({ pid, startTicks: ticks }) => ({
    pid,
    startTicks: ticks,
  }));
  const body: Measurement = { by: { pid: process.pid, startTicks }, command, processes: keys };
  const name = `${process.pid}-${startTicks}.json`;
  const paths = [...new Set(stateFolders)].flatMap(
    (folder) => announce(folder, name, JSON.stringify(body)) ?? [],
  );
  return () => {
    for (const path of paths) rmSync(path, { force: true });
  };
}

function announce(stateFolder: string, name: string, body: string): string | null {
  if (!existsSync(join(stateFolder, DAEMON_LOCK_FILE))) return null;
  try {
    mkdirSync(measurementsFolder(stateFolder), { recursive: true, mode: 0o700 });
    // Its folder changes once, with the whole file in it.
    writeFileSync(join(stateFolder, name), body, { mode: 0o644 });
    const path = join(measurementsFolder(stateFolder), name);
    renameSync(join(stateFolder, name), path);
    return path;
  } catch {
    // The folder of another user: its daemon cannot be told.
    return null;
  }
}

/** The measurements of a folder by file name; null for one that cannot be read. */
export function readMeasurements(folder: string): Map<string, Measurement | null> {
  return new Map(readdirSync(folder).map((name) => [name, readMeasurement(join(folder, name))]));
}

/** Whether the process that announced it still runs. */
export const isGoingOn = ({ by }: Measurement, procfs: Procfs): boolean =>
  readStat(procfs, by.pid)?.startTicks === by.startTicks;

function readMeasurement(path: string): Measurement | null {
  try {
    const { by, command, processes } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Measurement>;
    if (!isProcessKey(by) || typeof command !== 'string' || !Array.isArray(processes)) return null;
    return { by, command: command.slice(0, 100), processes: processes.filter(isProcessKey) };
  } catch {
    return null;
  }
}
