import { Wakes, type WakesParts } from '../../../../../src/collectors/linux/trace/wakes.ts';
import type { KernelRecord, SleepRecord } from '../../../../../src/model/kernel-record.ts';
import type { WakeStretch } from '../../../../../src/model/wake.ts';

/** Threads 100 to 199 are followed, ten to a process: 100–109 are process 10, 110–119 process 11, …; from 180 on they are another target's. */
export const processOf = (tid: number): number | null =>
  tid >= 100 && tid < 200 ? Math.floor(tid / 10) : null;
const NAMES = new Map([
  [7, 'kworker/0:1-events'],
  [15, 'ksoftirqd/0'],
  [900, 'redis-cli'],
  [901, 'bash'],
]);

export const parts: WakesParts = {
  targetOf: (tid: number) => (processOf(tid) === null ? null : tid < 180 ? 'app' : 'other'),
  processOf,
  nameOf: (tid: number) => NAMES.get(tid) ?? (processOf(tid) === null ? null : `thread-${tid}`),
  toMs: (atNs: number) => atNs / 1e6,
};

const at = (ms: number): number => Math.round(ms * 1e6);
export const sleep = (
  ms: number,
  tid: number,
  call: string,
  timeoutMs: SleepRecord['timeoutMs'] = null,
): KernelRecord => ({ event: 'sleep', atNs: at(ms), tid, context: 'task', call, timeoutMs });
export const waking = (
  ms: number,
  wokenTid: number,
  context: KernelRecord['context'] = 'hardirq',
  tid = 0,
): KernelRecord => ({
  event: 'waking',
  atNs: at(ms),
  tid,
  context,
  wokenTid,
  wokenName: `thread-${wokenTid}`,
});
export const signal = (ms: number, tid: number, toTid: number): KernelRecord => ({
  event: 'signal',
  atNs: at(ms),
  tid,
  context: 'task',
  signal: 10,
  toTid,
});
export const send = (ms: number, tid: number): KernelRecord => ({
  event: 'send',
  atNs: at(ms),
  tid,
  context: 'task',
  socket: 1,
  family: 2,
  protocol: 6,
  result: 1,
  flags: 0,
});
export const exit = (ms: number, tid: number): KernelRecord => ({
  event: 'exit',
  atNs: at(ms),
  tid,
  context: 'task',
  name: 'x',
  isLast: null,
});
export const newTask = (ms: number, tid: number, newTid: number): KernelRecord => ({
  event: 'new-task',
  atNs: at(ms),
  tid,
  context: 'task',
  newTid,
  name: 'worker',
  isThread: true,
  cloneFlags: 0x10000,
});

export function fed(records: readonly KernelRecord[]): Wakes {
  const wakes = new Wakes(parts);
  for (const record of records) wakes.record(record);
  return wakes;
}
export const stretches = (...records: KernelRecord[]): WakeStretch[] => fed(records).take();
