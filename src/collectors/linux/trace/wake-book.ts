import type { WakeStretch } from '../../../model/wake.ts';
import { type WakeGroup, restOf } from './wake-groups.ts';

/** A process wakes for few reasons; what is beyond is told as one. */
const MOST_STRETCHES = 64;
/** Threads that ended since the last `take`, kept one by one. */
const MOST_THREADS = 512;
/** Counts are divided by the share. */
const SMALLEST_SHARE = 0.001;

type ThreadGroup = WakeGroup & Pick<WakeStretch, 'tid' | 'thread'>;

/** The wakes of threads, put together by process and bounded. */
export class WakeBook {
  #byProcess: Map<number, ThreadGroup[]> = new Map();
  #ended = 0;

  add(processId: number, tid: number, thread: string, groups: readonly WakeGroup[]): void {
    const known = this.#byProcess.get(processId) ?? [];
    this.#byProcess.set(processId, known);
    known.push(...groups.map((group) => ({ tid, thread, ...group })));
  }

  /** The same for a thread that has ended: there may be ever new ones. */
  addEnded(processId: number, tid: number, thread: string, groups: readonly WakeGroup[]): void {
    if (groups.length === 0) return;
    this.add(processId, tid, thread, groups);
    this.#ended += 1;
    if (this.#ended <= MOST_THREADS) return;
    this.#ended = 0;
    for (const [process, known] of this.#byProcess) this.#byProcess.set(process, bounded(known));
  }

  take(sampledShare: number): WakeStretch[] {
    const share = Math.max(sampledShare, SMALLEST_SHARE);
    const stretches = [...this.#byProcess].flatMap(([processId, groups]) =>
      bounded(groups).map((group) => ({ processId, ...group, sampledShare: share })),
    );
    this.#byProcess = new Map();
    this.#ended = 0;
    return stretches;
  }
}

/** The most frequent ones, the rest as one. */
function bounded(groups: readonly ThreadGroup[]): ThreadGroup[] {
  if (groups.length <= MOST_STRETCHES) return [...groups];
  const sorted = groups.filter(({ tid }) => tid !== null).sort((a, b) => b.count - a.count);
  const before = groups.filter(({ tid }) => tid === null);
  const rest = restOf([...before, ...sorted.slice(MOST_STRETCHES)]);
  return [...sorted.slice(0, MOST_STRETCHES), { tid: null, thread: null, ...rest }];
}
