import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { totalMs, union } from '../../src/core/derive/spans.ts';
import type { TimeSpan } from '../../src/model/time.ts';

/**
 * How a host shows that it is busy. `late`: it woke a thread of this process, or let a command line run that a test has started,
 * later than it should have. `contended`: somebody waited for a processor, which may be what a command line has started in turn.
 */
export type Lateness = 'late' | 'contended';

type Told = [kind: Lateness, fromMs: number, toMs: number];

const { port1: told, port2: teller } = new MessageChannel();
const spans: Record<Lateness, TimeSpan[]> = { late: [], contended: [] };
let watch: Worker | null = null;

/** Watches from now on whether the host lets a process run in time, apart from whatever that process says of it. */
export function followOnHost(pid: number): void {
  watch ??= startWatch();
  watch.postMessage(pid);
}

function startWatch(): Worker {
  const options = { workerData: { told: teller }, transferList: [teller] };
  const worker = new Worker(new URL('./host-watch.mjs', import.meta.url), options);
  worker.unref();
  return worker;
}

/** For how long altogether the host was late in some stretch of that length within a span, at the most. */
export function mostLateMs(kind: Lateness, within: TimeSpan, stretchMs: number): number {
  for (let one = receiveMessageOnPort(told); one !== undefined; one = receiveMessageOnPort(told)) {
    const [of, fromMs, toMs] = one.message as Told;
    spans[of].push({ fromMs, toMs });
  }
  const all = union(clipped(spans[kind], within));
  const sums = all.map(({ fromMs }) => totalMs(clipped(all, { fromMs, toMs: fromMs + stretchMs })));
  return Math.max(0, ...sums);
}

const clipped = (all: readonly TimeSpan[], within: TimeSpan): TimeSpan[] =>
  all
    .map(({ fromMs, toMs }) => ({
      fromMs: Math.max(fromMs, within.fromMs),
      toMs: Math.min(toMs, within.toMs),
    }))
    .filter(({ fromMs, toMs }) => toMs > fromMs);
