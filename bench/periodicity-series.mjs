// Series of events with and without a period, from seeds; times in milliseconds.

/** xoshiro128** seeded by splitmix32; returns numbers in [0, 1). */
export function random(seed) {
  let mixed = seed >>> 0;
  const mix = () => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed ^ (mixed >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  const rotate = (value, by) => (value << by) | (value >>> (32 - by));
  const word = () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  return () => word() / 2 ** 32 + word() / 2 ** 64;
}

const exponential = (draw) => -Math.log(1 - draw());
const uniform = (draw, width) => width * (2 * draw() - 1);

/** Random arrivals: so many in the window. */
export const arrivals = (draw, count, windowMs) => Array.from({ length: count }, () => draw() * windowMs);

/** Beats at fixed times, each moved by up to ± jitter periods, each lost with a probability. */
export function clock(draw, { periodMs, jitter, lost = 0, windowMs }) {
  const times = [];
  for (let beat = draw() * periodMs; beat < windowMs; beat += periodMs) {
    const atMs = beat + uniform(draw, jitter * periodMs);
    if (draw() >= lost && atMs >= 0 && atMs <= windowMs) times.push(atMs);
  }
  return times;
}

/** Each interval begins at the last beat: sleep with a jitter of up to ± jitter periods. */
export function renewal(draw, { periodMs, jitter, lost = 0, windowMs }) {
  const times = [];
  for (let atMs = draw() * periodMs; atMs < windowMs; atMs += periodMs + uniform(draw, jitter * periodMs)) {
    if (draw() >= lost) times.push(atMs);
  }
  return times;
}

/** Random starts of bursts; in a burst the gaps are `ratio` of those between bursts. Sizes are 1 to 2·mean − 1. */
export function bursts(draw, { count, ratio, meanSize, windowMs }) {
  const times = [];
  let atMs = 0;
  const gapMs = windowMs / count;
  while (times.length < 50 * count && atMs < windowMs) {
    atMs += exponential(draw) * gapMs;
    const size = 1 + Math.floor(draw() * (2 * meanSize - 1));
    let inMs = atMs;
    for (let index = 0; index < size; index += 1) {
      if (inMs < windowMs) times.push(inMs);
      inMs += (exponential(draw) * ratio * gapMs) / Math.max(1, meanSize - 1);
    }
  }
  return times;
}

/** Self-exciting: each event brings `branching` more on average, soon after. */
export function hawkes(draw, { count, branching, decay, windowMs }) {
  const times = arrivals(draw, Math.round(count * (1 - branching)), windowMs);
  const delayMs = (windowMs / count) * decay;
  for (let index = 0; index < times.length && times.length < 20 * count; index += 1) {
    for (let left = exponential(draw) * 1; left < branching; left += exponential(draw)) {
      const atMs = times[index] + exponential(draw) * delayMs;
      if (atMs < windowMs) times.push(atMs);
    }
  }
  return times;
}

/** Intervals from a gamma distribution with a shape below 1: bursts on all scales. */
export function gammaArrivals(draw, { count, shape, windowMs }) {
  const times = [];
  let atMs = 0;
  while (atMs < windowMs && times.length < 20 * count) {
    // Johnk's generator for shapes below 1.
    let x;
    let y;
    do {
      x = draw() ** (1 / shape);
      y = draw() ** (1 / (1 - shape));
    } while (x + y > 1);
    atMs += (((x / (x + y)) * exponential(draw)) / shape) * (windowMs / count);
    if (atMs < windowMs) times.push(atMs);
  }
  return times;
}

/** Random arrivals whose rate goes up and down once in the window. */
export function diurnal(draw, { count, windowMs }) {
  const times = [];
  while (times.length < count) {
    const atMs = draw() * windowMs;
    if (draw() * 2 < 1 + 0.9 * Math.sin((2 * Math.PI * atMs) / windowMs)) times.push(atMs);
  }
  return times;
}

/** Random arrivals at a rate that switches between a tenth and the whole, at random. */
export function onOff(draw, { count, windowMs }) {
  const times = [];
  const stateMs = windowMs / 8;
  let isOn = draw() < 0.5;
  let untilMs = exponential(draw) * stateMs;
  let atMs = 0;
  while (atMs < windowMs) {
    atMs += (exponential(draw) * windowMs) / (count * (isOn ? 1.8 : 0.2));
    while (atMs > untilMs) {
      untilMs += exponential(draw) * stateMs;
      isOn = !isOn;
    }
    if (atMs < windowMs) times.push(atMs);
  }
  return times;
}

/** Random arrivals that become more and more. */
export const ramp = (draw, { count, windowMs }) =>
  Array.from({ length: count }, () => Math.sqrt(draw()) * windowMs);

/** Random starts, each with one more after about a delay as long as another coin falls heads. */
export function geometricBursts(draw, { count, delayMs, windowMs }) {
  const times = [];
  for (const startMs of arrivals(draw, count, windowMs)) {
    for (let atMs = startMs; atMs < windowMs; atMs += exponential(draw) * delayMs) {
      times.push(atMs);
      if (draw() < 0.5) break;
    }
  }
  return times;
}

/** Events among which a timer hides: so many, in some way of coming. */
export const hiding = {
  random: arrivals,
  'in a part of the window': (draw, count, windowMs) => {
    const share = 0.1 + 0.4 * draw();
    const from = (1 - share) * draw();
    return Array.from({ length: count }, () => (from + share * draw()) * windowMs);
  },
  'in bursts': (draw, count, windowMs) => {
    const meanSize = 2 + Math.floor(draw() * 7);
    const ratio = 0.004 * 75 ** draw();
    return bursts(draw, { count: Math.ceil(count / meanSize), ratio, meanSize, windowMs });
  },
  'less and less': (draw, count, windowMs) => Array.from({ length: count }, () => windowMs * draw() ** 3),
};
