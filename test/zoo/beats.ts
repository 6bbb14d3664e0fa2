/** A beat as a witness saw it. */
export interface SeenBeat {
  count: number;
  seconds: number;
  /** Standard deviation of beats from the places of a clock of that period. */
  clockJitterSeconds: number;
  /** Standard deviation of the intervals. */
  intervalJitterSeconds: number;
}

/** Share of the period within which what follows belongs to the same beat. */
const BURST = 0.3;

/**
 * The beat in times that a witness noted, which is known to come about every so many seconds: a line through its beats by least
 * squares. `timesMs` in order. Null: fewer than three beats.
 */
export function beatOf(timesMs: readonly number[], everySeconds: number): SeenBeat | null {
  const firsts: number[] = [];
  for (const atMs of timesMs) {
    const last = firsts.at(-1);
    if (last === undefined || atMs - last > BURST * 1000 * everySeconds) firsts.push(atMs);
  }
  const [origin = 0] = firsts;
  if (firsts.length < 3) return null;
  const seconds = firsts.map((atMs) => (atMs - origin) / 1000);
  const places = placesOf(seconds);
  const [meanPlace, meanSeconds] = [mean(places), mean(seconds)];
  const spread = mean(places.map((place) => (place - meanPlace) ** 2));
  const joint = mean(places.map((place, at) => (place - meanPlace) * ((seconds[at] ?? 0) - meanSeconds)));
  const period = joint / spread;
  const residuals = places.map(
    (place, at) => (seconds[at] ?? 0) - meanSeconds - period * (place - meanPlace),
  );
  // An interval in which a beat is lacking is none.
  const intervals = places.flatMap((place, at) =>
    at > 0 && place - (places[at - 1] ?? 0) === 1 ? [(seconds[at] ?? 0) - (seconds[at - 1] ?? 0)] : [],
  );
  return {
    count: firsts.length,
    seconds: period,
    clockJitterSeconds: Math.sqrt(mean(residuals.map((value) => value ** 2))),
    intervalJitterSeconds: deviation(intervals),
  };
}

/** The number of each beat, told from the one before: a busy host makes a chain of sleeps longer than it is configured. */
function placesOf(seconds: readonly number[]): number[] {
  const intervals = seconds.slice(1).map((at, index) => at - (seconds[index] ?? 0));
  const usual = intervals.toSorted((one, other) => one - other)[intervals.length >> 1] ?? 1;
  const places = [0];
  for (const interval of intervals)
    places.push((places.at(-1) ?? 0) + Math.max(1, Math.round(interval / usual)));
  return places;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
