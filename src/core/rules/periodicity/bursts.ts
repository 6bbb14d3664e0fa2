import type { WatchedProcess } from '../../../model/process.ts';
import type { TimeSpan } from '../../../model/time.ts';
import type { WokenBy } from '../../../model/wake.ts';
import { coverTicks } from '../../coverage/coverage.ts';
import { type Lifetime, lifetimes, livedIn } from '../../derive/lifetimes.ts';
import { holds } from '../../derive/spans.ts';
import { isPacketOrTimer, isWakeSample, wakeTimes } from '../../derive/wake-times.ts';
import type { Claim } from '../claim.ts';
import { clean } from '../sentences.ts';
import { spell } from '../../wording/amounts.ts';
import { sayProcess } from '../../wording/process.ts';
import type { EventSeries } from './search.ts';

/** Wakes of one thread, or, where nobody recorded those, the looks at which a process was found to have run. */
export interface Bursts extends EventSeries {
  process: WatchedProcess;
  thread: string | null;
  call: string | null;
  wokenBy: WokenBy | null;
  waker: string | null;
}

/** A process that ran at a larger share of the looks may run on a beat that looks cannot tell. */
export const DENSE = 0.3;
/** Shorter periods than this many looks are not found. */
const LOOKS_A_BEAT = 2.5;
const MICROSECOND = 1e-3;

/** @param isTraced whether the trace was whole, so that what it recorded is all that there was */
export function burstsIn(claim: Claim, isTraced: boolean, exposure: readonly TimeSpan[]): Bursts[] {
  const { evidence, target, window } = claim;
  const recorded = isTraced ? wakeTimes(evidence, target, window, exposure) : [];
  const inside = evidence.wakes.filter(
    ({ count, fromMs, toMs }) => count > 0 && fromMs <= window.toMs && toMs >= window.fromMs,
  );
  const woken = new Set(inside.map(({ processId }) => processId));
  // Of a sample, it is not known which other wakes there were: the looks tell at least when somebody ran.
  const isSample = isWakeSample(evidence, window);
  const isRecorded = ({ process }: Lifetime): boolean => isTraced && !isSample && woken.has(process.id);
  const looked = lifetimes(evidence, target)
    .filter((life) => livedIn(life, window) && !isRecorded(life))
    .map((life) => ({
      process: life.process,
      thread: null,
      call: null,
      wokenBy: null,
      waker: null,
      timesMs: runsOf(life).filter((atMs) => holds(window, atMs)),
      exposure,
      resolutionMs: evidence.run.tickMs,
    }))
    .filter(({ timesMs }) => timesMs.length > 0);
  return [...recorded.map((one) => ({ ...one, resolutionMs: MICROSECOND })), ...looked];
}

/** Wakes of which it cannot be told whether the target chose their time. */
export function untoldIn({ evidence, target, window }: Claim, exposure: readonly TimeSpan[]): Bursts[] {
  return wakeTimes(evidence, target, window, exposure, isPacketOrTimer).map((one) => ({
    ...one,
    resolutionMs: MICROSECOND,
  }));
}

/** Looks at which the CPU clock of a process was found to have moved. */
export function runsOf({ readings }: Lifetime): number[] {
  const { atMs, values } = readings('cpuNs');
  return [...atMs].filter(
    (_, index) => index > 0 && (values[index] as number) > (values[index - 1] as number),
  );
}

/** Why it cannot be told whether some process runs on a beat. */
export function tooDense({ evidence, window }: Claim, bursts: readonly Bursts[]): string[] {
  const { taken } = coverTicks(evidence, window).ticks;
  const dense = bursts.find(({ wokenBy, timesMs }) => wokenBy === null && timesMs.length > DENSE * taken);
  if (dense === undefined) return [];
  const { process, timesMs } = dense;
  const shortest = spell(LOOKS_A_BEAT * evidence.run.tickMs);
  return [
    `${sayProcess({ name: clean(process.name), pid: process.pid })} ran at ${timesMs.length} of ${taken} looks: without the kernel's trace, nobody can tell beats of less than ${shortest}`,
  ];
}
