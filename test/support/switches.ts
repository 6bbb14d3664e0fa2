import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 1000;

/** Voluntary context switches of a process tree over time, read from /proc/PID/task apart from idleproof. */
export class Switches {
  readonly #pid: number;
  readonly #last: Map<string, number> = new Map();
  readonly #samples: { atMs: number; count: number }[] = [];
  readonly #timer: NodeJS.Timeout;
  #count = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), EVERY_MS);
  }

  /** How many there were between two times, to within those of a second; what threads did after the last look at them is not in it. */
  between(fromMs: number, toMs: number): number {
    return this.#at(toMs) - this.#at(fromMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#sample();
  }

  #sample(): void {
    for (const [thread, count] of threadSwitches(this.#pid)) {
      // What a new thread has done before its first look is its own, but for those that were there when the counting began.
      const before = this.#last.get(thread) ?? (this.#samples.length === 0 ? count : 0);
      this.#count += count - before;
      this.#last.set(thread, count);
    }
    this.#samples.push({ atMs: Date.now(), count: this.#count });
  }

  #at(atMs: number): number {
    const next = this.#samples.findIndex((sample) => sample.atMs >= atMs);
    const after = this.#samples[next < 0 ? this.#samples.length - 1 : next];
    const before = this.#samples[Math.max(0, next - 1)];
    if (after === undefined || before === undefined || after.atMs === before.atMs) return after?.count ?? 0;
    const share = Math.min(1, Math.max(0, (atMs - before.atMs) / (after.atMs - before.atMs)));
    return before.count + share * (after.count - before.count);
  }
}

/** Of each thread of a process and its descendants, by pid and tid; what is gone meanwhile is left out. */
function threadSwitches(pid: number): [string, number][] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
      const task = `/proc/${pid}/task/${tid}`;
      const status = readFileSync(`${task}/status`, 'latin1');
      const children = readFileSync(`${task}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
      const own = Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1]);
      return [[`${pid}/${tid}`, own] as [string, number], ...children.flatMap(threadSwitches)];
    });
  } catch {
    return [];
  }
}
