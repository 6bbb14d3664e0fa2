import type { TimeSpan } from '../../../../src/model/time.ts';
import { arrivals, clock, renewal } from './series.ts';

const WINDOW_MS = 600_000;

type Make = (draw: () => number, count: number) => number[];

const random: Make = (draw, count) => arrivals(draw, count);
const beat = (draw: () => number, count: number): number => (WINDOW_MS / count) * (0.5 + draw());
const aClock: Make = (draw, count) =>
  clock(draw, { periodMs: beat(draw, count), jitter: draw() ** 2 * 0.3, lost: 0.5 * draw() });
const aChain: Make = (draw, count) =>
  renewal(draw, { periodMs: beat(draw, count), jitter: draw() ** 2 * 0.4, lost: 0.5 * draw() });
const bursts: Make = (draw, count) =>
  arrivals(draw, Math.ceil(count / 5)).flatMap((atMs) =>
    Array.from({ length: 5 }, () => atMs + draw() * 0.2 * (WINDOW_MS / count)),
  );
const waves: Make = (draw, count) =>
  arrivals(draw, count).filter((atMs) => draw() < 0.5 + 0.5 * Math.sin(atMs / 30_000));
const steps: Make = (_draw, count) =>
  Array.from({ length: count }, (_, index) => ((index + (index % 3 === 0 ? 0.4 : 0)) * WINDOW_MS) / count);
const KINDS: readonly Make[] = [random, aClock, aChain, bursts, waves, steps];

/**
 * A series of any kind, or two together: random, with periods, jitter and misses, in bursts, in waves, exact; with or without
 * holes in the exposure, in stamps of any resolution.
 */
export function anySeries(
  draw: () => number,
  count: number,
): { timesMs: number[]; exposure: TimeSpan[]; resolutionMs: number } {
  const kind = (): Make => KINDS[Math.floor(draw() * KINDS.length)] ?? random;
  const both = draw() < 0.4;
  const times = both
    ? [...kind()(draw, Math.ceil(count / 2)), ...kind()(draw, Math.ceil(count / 3))]
    : kind()(draw, count);
  const resolutionMs = draw() < 0.7 ? 1e-3 : (WINDOW_MS / count) * draw();
  const isRounded = draw() < 0.5;
  const timesMs = isRounded ? times.map((atMs) => Math.floor(atMs / resolutionMs) * resolutionMs) : times;
  return { timesMs, exposure: exposureOf(draw), resolutionMs };
}

function exposureOf(draw: () => number): TimeSpan[] {
  if (draw() < 0.6) return [{ fromMs: 0, toMs: WINDOW_MS }];
  const cuts = Array.from({ length: 2 + 2 * Math.floor(draw() * 5) }, () => draw() * WINDOW_MS).sort(
    (a, b) => a - b,
  );
  return cuts.flatMap((fromMs, index) =>
    index % 2 === 0 ? [{ fromMs, toMs: cuts[index + 1] ?? WINDOW_MS }] : [],
  );
}
