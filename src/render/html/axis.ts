/** Steps of a clock's axis, in seconds: each is a whole part of the next round time. */
const CLOCK_STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
  3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_419_200,
] as const;

const DAY_SECONDS = 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface Tick {
  at: number;
  label: string;
}

/** Where seconds since an origin lie in the local time of the host. */
export interface LocalClock {
  originMs: number;
  utcOffsetMinutes: number;
}

/** Round local times in a stretch of seconds since the origin, at most so many. */
export function clockTicks(
  { from, to }: { from: number; to: number },
  { originMs, utcOffsetMinutes }: LocalClock,
  most: number,
): Tick[] {
  const step = CLOCK_STEPS.find((size) => (to - from) / size <= most) ?? CLOCK_STEPS.at(-1) ?? 1;
  const localMs = originMs + Math.trunc(utcOffsetMinutes) * 60_000;
  const offset = (localMs / 1000) % DAY_SECONDS;
  const midnightMs = localMs - offset * 1000;
  const ticks: Tick[] = [];
  for (let nth = Math.ceil((from + offset) / step); nth * step <= to + offset; nth += 1) {
    ticks.push({ at: nth * step - offset, label: clockLabel(midnightMs, nth * step, step) });
  }
  return ticks;
}

/** `14:03`, `14:03:20`, `14:03:20.5`; `15 Nov` at midnight. */
function clockLabel(midnightMs: number, seconds: number, step: number): string {
  const time = new Date(Math.round(midnightMs + seconds * 1000));
  if (step >= 60 && seconds % DAY_SECONDS === 0 && (seconds !== 0 || step >= DAY_SECONDS)) {
    return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()] ?? ''}`;
  }
  const text = time.toISOString().slice(11, 23);
  if (step >= 60) return text.slice(0, 5);
  if (step >= 1) return text.slice(0, 8);
  return text.slice(0, step >= 0.1 ? 10 : step >= 0.01 ? 11 : 12);
}

/** Round values from a range, about so many, with the range widened to whole steps. */
export function valueTicks(
  from: number,
  to: number,
  about: number,
): { from: number; to: number; ticks: number[] } {
  const rough = (to - from) / about;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 2.5, 5, 10].find((factor) => size * factor >= rough) ?? 10);
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, nth) =>
    Number(((first + nth) * step).toPrecision(12)),
  );
  return { from: first * step, to: last * step, ticks };
}
