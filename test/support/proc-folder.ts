import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { WatchedProcess } from '../../src/model/process.ts';
import { Procfs } from '../../src/os/procfs.ts';

/** A /proc of our own, in a temporary folder. */
export interface ProcFolder {
  procfs: Procfs;
  root: string;
  write(path: string, text: string | Uint8Array): void;
  link(path: string, target: string): void;
  remove(path?: string): void;
}

export function procFolder(): ProcFolder {
  const root = mkdtempSync(join(tmpdir(), 'idleproof-proc-'));
  const placed = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  return {
    root,
    procfs: new Procfs(root),
    write: (path, text) => writeFileSync(placed(path), text),
    link: (path, target) => {
      rmSync(join(root, path), { force: true });
      symlinkSync(target, placed(path));
    },
    remove: (path = '') => rmSync(join(root, path), { recursive: true, force: true }),
  };
}

/** A file recorded from a real /proc. */
export function recorded(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/proc/${name}`, import.meta.url));
}

/** A line of /proc/PID/stat. */
export function statLine(
  pid: number,
  over: { start?: number; state?: string; reaped?: number; threads?: number } = {},
): string {
  const { start = 100, state = 'S', reaped = 0, threads = 1 } = over;
  return `${pid} (app) ${state} 1 ${pid} ${pid} 0 -1 4194304 1 1 0 0 1 1 ${reaped} 0 20 0 ${threads} 0 ${start} 1 1\n`;
}

export function someProcess(pid: number, over: Partial<WatchedProcess> = {}): WatchedProcess {
  return {
    id: pid,
    pid,
    startTicks: 100,
    parentPid: 1,
    sessionId: pid,
    name: 'app',
    cmdline: 'app',
    exe: '/bin/app',
    startedAtMs: 0,
    target: 'app',
    parentId: null,
    membership: 'root',
    networkScope: 'network:1',
    ...over,
  };
}
