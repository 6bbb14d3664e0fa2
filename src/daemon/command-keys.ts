import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sayProcess } from '../core/wording/process.ts';
import type { ProcessKey } from '../model/process.ts';
import { Procfs } from '../os/procfs.ts';
import { sweep } from '../targets/command/command.ts';
import { readCommandTree } from '../targets/command/command-tree.ts';
import { readStat } from '../targets/process-table.ts';
import { isProcessKey } from './process-key.ts';

/** A process that was started. Numbers and ticks begin anew at each boot. */
interface Noted extends ProcessKey {
  bootId: string;
}

/** Remembers on disk which processes were started, so that those of a daemon that was killed do not run on beside new ones. */
export class CommandKeys {
  readonly #folder: string;
  readonly #procfs: Procfs = new Procfs();

  constructor(folder: string) {
    this.#folder = folder;
  }

  note(name: string, { pid, startTicks }: ProcessKey): void {
    const noted: Noted = { pid, startTicks, bootId: this.#bootId() };
    writeFileSync(this.#path(name), `${JSON.stringify(noted)}\n`, { mode: 0o600 });
  }

  /** @param key only that one: another may have been started meanwhile */
  forget(name: string, { pid }: ProcessKey): void {
    if (this.#read(name)?.pid === pid) rmSync(this.#path(name), { force: true });
  }

  /** Stops what an earlier daemon started under this name and left running. @returns whether there was something */
  async endLeftOver(name: string): Promise<boolean> {
    const key = this.#read(name);
    rmSync(this.#path(name), { force: true });
    if (key === null || readStat(this.#procfs, key.pid)?.startTicks !== key.startTicks) return false;
    await sweep([key]);
    return true;
  }

  /** What runs below these processes, or came to us from there: names with pids, at most ten. */
  treeOf(processes: readonly ProcessKey[]): string[] {
    return readCommandTree(this.#procfs, processes)
      .slice(0, 10)
      .map((process) => sayProcess(process));
  }

  #bootId(): string {
    return this.#procfs.read('sys/kernel/random/boot_id')?.trim() ?? '';
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.pid`);
  }

  #read(name: string): ProcessKey | null {
    try {
      const noted: unknown = JSON.parse(readFileSync(this.#path(name), 'utf8'));
      if (!isProcessKey(noted)) return null;
      const { pid, startTicks, bootId }: Partial<Noted> & ProcessKey = noted;
      return bootId === this.#bootId() ? { pid, startTicks } : null;
    } catch {
      return null;
    }
  }
}
