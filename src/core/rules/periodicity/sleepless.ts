import type { WakeStretch } from '../../../model/wake.ts';
import { coverTicks } from '../../coverage/coverage.ts';
import { type Lifetime, lifetimes, livedIn } from '../../derive/lifetimes.ts';
import { holds } from '../../derive/spans.ts';
import { sayProcess } from '../../wording/process.ts';
import type { Claim } from '../claim.ts';
import { clean } from '../sentences.ts';
import { DENSE, runsOf } from './bursts.ts';

/**
 * Why a process may poll on any beat though its threads hardly woke: it was found to have run at look after look, and nothing had woken it since the one
 * before. Whoever does not sleep asks all the time. To be asked only where all wakes were recorded.
 */
export function sleepless({ evidence, target, window }: Claim): string[] {
  const { taken } = coverTicks(evidence, window).ticks;
  for (const life of lifetimes(evidence, target)) {
    if (!livedIn(life, window)) continue;
    const { id, name, pid } = life.process;
    const wakes = evidence.wakes.filter(({ processId, count }) => processId === id && count > 0);
    const looks = unwokenLooks(life, wakes).filter((atMs) => holds(window, atMs)).length;
    if (looks > DENSE * taken)
      return [
        `${sayProcess({ name: clean(name), pid })} ran at ${looks} of ${taken} looks without having been woken since the one before: it does not sleep, and nobody can tell on which beat it polls`,
      ];
  }
  return [];
}

/** Looks that found that a process had run, though none of its threads woke between the look before and this one. */
function unwokenLooks(life: Lifetime, wakes: readonly WakeStretch[]): number[] {
  const timesMs = Float64Array.from(wakes.flatMap((one) => one.timesMs)).sort();
  // Wakes beyond the times that were kept came between the last of these and the end of the stretch.
  const untimed = wakes
    .filter(({ count, timesMs: kept }) => kept.length < count)
    .map((one) => ({ fromMs: one.timesMs.at(-1) ?? one.fromMs, toMs: one.toMs }));
  const { atMs: readMs } = life.readings('cpuNs');
  let [read, next] = [0, 0];
  return runsOf(life).filter((lookMs) => {
    while ((readMs[read + 1] ?? Number.POSITIVE_INFINITY) < lookMs) read += 1;
    const sinceMs = readMs[read] as number;
    while ((timesMs[next] ?? Number.POSITIVE_INFINITY) < sinceMs) next += 1;
    const isWoken = (timesMs[next] ?? Number.POSITIVE_INFINITY) <= lookMs;
    return !isWoken && !untimed.some(({ fromMs, toMs }) => fromMs <= lookMs && toMs >= sinceMs);
  });
}
