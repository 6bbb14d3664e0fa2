// Series with a period, and families without: what the detection benchmark goes through.
import {
  arrivals,
  bursts,
  clock,
  diurnal,
  gammaArrivals,
  geometricBursts,
  hawkes,
  onOff,
  ramp,
  renewal,
} from './periodicity-series.mjs';

export const windowMs = 600_000;
export const exposure = [{ fromMs: 0, toMs: windowMs }];
const periodMs = 30_000;

/** `least`: the power to reach at a nominal 1 %, null where none was set; `seconds`: the true period, or all of them. */
const timer = (name, least, seconds, make) => ({ name, least, seconds: [seconds].flat(), make });
/** Window 600 s, period 30 s unless stated; the jitter is the largest displacement, in periods. */
export const CASES = [
  timer('clock, jitter 2 %', 0.98, 30, (draw) => clock(draw, { periodMs, jitter: 0.02, windowMs })),
  timer('clock, jitter 20 %', 0.98, 30, (draw) => clock(draw, { periodMs, jitter: 0.2, windowMs })),
  timer('clock, jitter 5 %, 30 % missed', 0.98, 30, (draw) =>
    clock(draw, { periodMs, jitter: 0.05, lost: 0.3, windowMs }),
  ),
  timer('clock, jitter 5 %, + 20 random', 0.98, 30, (draw) => [
    ...clock(draw, { periodMs, jitter: 0.05, windowMs }),
    ...arrivals(draw, 20, windowMs),
  ]),
  timer('renewal, jitter 20 %', 0.98, 30, (draw) => renewal(draw, { periodMs, jitter: 0.2, windowMs })),
  timer('renewal, jitter 33 %', 0.98, 30, (draw) => renewal(draw, { periodMs, jitter: 0.33, windowMs })),
  timer('renewal, jitter 20 %, 30 % missed', 0.93, 30, (draw) =>
    renewal(draw, { periodMs, jitter: 0.2, lost: 0.3, windowMs }),
  ),
  timer('renewal, jitter 10 %, + 20 random', 0.98, 30, (draw) => [
    ...renewal(draw, { periodMs, jitter: 0.1, windowMs }),
    ...arrivals(draw, 20, windowMs),
  ]),
  timer('renewal, jitter 20 %, + 10 random', 0.98, 30, (draw) => [
    ...renewal(draw, { periodMs, jitter: 0.2, windowMs }),
    ...arrivals(draw, 10, windowMs),
  ]),
  timer('renewal, jitter 10 %, 30 % missed, + 10 random', 0.79, 30, (draw) => [
    ...renewal(draw, { periodMs, jitter: 0.1, lost: 0.3, windowMs }),
    ...arrivals(draw, 10, windowMs),
  ]),
  timer('P = 100 s, renewal, jitter 5 %', 0.98, 100, (draw) =>
    renewal(draw, { periodMs: 100_000, jitter: 0.05, windowMs }),
  ),
  timer('two periods, 30 + 47, renewal, jitter 5 %', 0.98, [30, 47], (draw) => [
    ...renewal(draw, { periodMs, jitter: 0.05, windowMs }),
    ...renewal(draw, { periodMs: 47_000, jitter: 0.05, windowMs }),
  ]),
  timer('clock, jitter 5 %, 60 % missed', 0.76, 30, (draw) =>
    clock(draw, { periodMs, jitter: 0.05, lost: 0.6, windowMs }),
  ),
  timer('renewal, jitter 20 %, 50 % missed', 0.52, 30, (draw) =>
    renewal(draw, { periodMs, jitter: 0.2, lost: 0.5, windowMs }),
  ),
  timer('clock, jitter 10 %, 30 % missed, + 20 random', 0.46, 30, (draw) => [
    ...clock(draw, { periodMs, jitter: 0.1, lost: 0.3, windowMs }),
    ...arrivals(draw, 20, windowMs),
  ]),
  timer('half the window active, renewal 10 %, + 10 random', 0.67, 30, (draw) => [
    ...renewal(draw, { periodMs, jitter: 0.1, windowMs }).filter((atMs) => atMs < windowMs / 2),
    ...arrivals(draw, 10, windowMs),
  ]),
  timer('gaps of 9 and 14 s in turn, jitter 2 %', null, 23, (draw) =>
    clock(draw, { periodMs: 23_000, jitter: 0.01, windowMs }).flatMap((atMs) => [atMs, atMs + 9000]),
  ),
];

const burst = (ratio, meanSize) => (draw, count) =>
  bursts(draw, { count: Math.max(4, Math.round(count / 2)), ratio, meanSize, windowMs });
const span = (fromMs, toMs) => ({ fromMs, toMs });
const holes = [
  span(0, 90_000),
  span(130_000, 200_000),
  span(290_000, 350_000),
  span(360_000, 430_000),
  span(490_000, 575_000),
];
const beating = Array.from({ length: 20 }, (_, index) => span(index * 30_000, index * 30_000 + 15_000));
/** Families without a period; the first four are what the null tables were made from. */
const quiet = (name, make, seen = exposure) => ({ name, make, seen });
export const NULLS = [
  quiet('random arrivals', (draw, count) => arrivals(draw, count, windowMs)),
  quiet('bursts, tight', burst(0.01, 4)),
  quiet('bursts', burst(0.06, 4)),
  quiet('bursts, loose', burst(0.2, 3)),
  quiet('self-exciting (Hawkes)', (draw, count) =>
    hawkes(draw, { count, branching: 0.6, decay: 0.2, windowMs }),
  ),
  quiet('gamma gaps, shape 0.4', (draw, count) => gammaArrivals(draw, { count, shape: 0.4, windowMs })),
  quiet('diurnal', (draw, count) => diurnal(draw, { count, windowMs })),
  quiet('random arrivals, four holes', (draw, count) => arrivals(draw, count * 1.6, windowMs), holes),
  quiet('random arrivals, holes at a beat', (draw, count) => arrivals(draw, count * 2, windowMs), beating),
  quiet('on and off', (draw, count) => onOff(draw, { count, windowMs })),
  quiet('more and more', (draw, count) => ramp(draw, { count, windowMs })),
  quiet('geometric bursts, 10 s', (draw, count) =>
    geometricBursts(draw, { count: Math.max(4, Math.round(count / 2)), delayMs: 10_000, windowMs }),
  ),
];
