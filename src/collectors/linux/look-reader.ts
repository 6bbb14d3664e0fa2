import { redactCmdline, splitCmdline } from '../../core/parse/cmdline.ts';
import { parseDeletedPath } from '../../core/parse/deleted-path.ts';
import { parseProcStat, type ProcStat } from '../../core/parse/proc-stat.ts';
import { parseProcStatus, type ProcStatus } from '../../core/parse/proc-status.ts';
import type { Look } from '../../model/collector.ts';
import type { Procfs } from '../../os/procfs.ts';
import { livingFolder } from '../../os/living-folder.ts';

export interface OpenFile {
  fd: string;
  /** What the descriptor leads to: a path, `socket:[123]`, `anon_inode:[eventpoll]`. */
  link: string;
}

export interface ThreadStatus extends ProcStatus {
  tid: number;
}

/** What several collectors want of one process, read once a look. Null everywhere: the process is gone. */
export class LookReader {
  readonly procfs: Procfs;
  #look: Look | null = null;
  readonly #memo: Map<string, unknown> = new Map();

  constructor(procfs: Procfs) {
    this.procfs = procfs;
  }

  stat(look: Look, pid: number): ProcStat | null {
    return this.#once(look, `stat ${pid}`, () => {
      const text = this.procfs.read(`${pid}/stat`);
      return text === null ? null : parseProcStat(text);
    });
  }

  /** Of one whose first thread has ended, that of another thread. */
  status(look: Look, pid: number): ProcStatus | null {
    return this.#once(look, `status ${pid}`, () => {
      const status = this.#status(`${pid}/status`);
      return status?.state === 'Z' ? this.#status(`${livingFolder(this.procfs, pid)}/status`) : status;
    });
  }

  /** All threads that are alive. */
  threads(look: Look, pid: number): ThreadStatus[] | null {
    return this.#once(look, `threads ${pid}`, () => {
      const tids = this.procfs.list(`${pid}/task`);
      if (tids === null) return null;
      return tids.flatMap((tid) => {
        const status = this.#status(`${pid}/task/${tid}/status`);
        return status === null ? [] : [{ tid: Number(tid), ...status }];
      });
    });
  }

  /** All open descriptors. */
  openFiles(look: Look, pid: number): { folder: string; files: OpenFile[] } | null {
    return this.#once(look, `files ${pid}`, () => {
      const stat = this.stat(look, pid);
      if (stat === null) return null;
      const folder = `${livingFolder(this.procfs, pid, stat)}/fd`;
      const files = this.procfs.list(folder)?.flatMap((fd) => {
        const link = this.procfs.link(`${folder}/${fd}`);
        return link === null ? [] : [{ fd, link }];
      });
      return files === undefined ? null : { folder, files };
    });
  }

  /** Ids of all threads that are alive, as of now. */
  tids(pid: number): number[] {
    return (this.procfs.list(`${pid}/task`) ?? []).map(Number);
  }

  /** Field 22 of /proc/PID/stat, as of now; also of an ended process that nobody has waited for. */
  startTicks(pid: number): number | null {
    const text = this.procfs.read(`${pid}/stat`);
    return text === null ? null : parseProcStat(text).startTicks;
  }

  /** Path of the program file of any process of the machine, as of now; null where it may not be read, too. */
  exe(pid: number): string | null {
    // Most of those that are asked for are gone, and an error costs several times as much as a question.
    if (!this.procfs.exists(`${pid}`)) return null;
    try {
      const link = this.procfs.link(`${pid}/exe`);
      return link === null ? null : parseDeletedPath(link).path;
    } catch {
      return null;
    }
  }

  /** Command line as evidence may keep it, as of now; null where the process is gone, or on its way out. */
  cmdline(pid: number): string | null {
    return redactCmdline(splitCmdline(this.procfs.read(`${pid}/cmdline`) ?? '')) || null;
  }

  /** Name of any thread of the machine, as of now. */
  threadName(tid: number): string | null {
    return this.procfs.read(`${tid}/comm`)?.trimEnd() ?? null;
  }

  #status(path: string): ProcStatus | null {
    const text = this.procfs.read(path);
    return text === null ? null : parseProcStatus(text);
  }

  #once<T>(look: Look, key: string, read: () => T): T {
    if (this.#look !== look) {
      this.#memo.clear();
      this.#look = look;
    }
    if (!this.#memo.has(key)) this.#memo.set(key, read());
    return this.#memo.get(key) as T;
  }
}
