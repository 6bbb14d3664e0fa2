import type { Evidence } from '../../model/evidence.ts';
import type { ProcessMetric, Readings } from '../../model/sample.ts';
import { type Lifetime, lifetimes } from './lifetimes.ts';
import type { Point, Series } from './metric-series.ts';

/** A point of a level, and how far it is known rather than taken over from before. */
export interface LevelPoint extends Point {
  /** Something was read anew for it, or nothing has run since all was read. */
  isFresh: boolean;
  /** The level is as it was then or later: each process was read then, or has not run since it was read. */
  knownFromMs: number;
  /**
   * How much of the level came while the process did not run that it belongs to: others did that, by beginning or ceasing to share its
   * pages, or by taking them away. Not where a process of the target came or went meanwhile: what a child gives back on its end is the target's.
   */
  foreign: number;
}

/**
 * How long what a running process has may not be read, in milliseconds; the others are read at each look at which it ran. What was read
 * and had not changed is not written down: after so long it was read again, and is what it was.
 */
const LAG_MS: Partial<Record<ProcessMetric, number>> = { pssBytes: 20_000 };

/** The same of one that ran and then sleeps, which is read when everything is. */
const LAG_ASLEEP_MS = 40_000;

/**
 * The points of a series with what is known of each, one after the other: a value that was only taken over says nothing new. What is
 * no level of processes, or is read whenever one runs, is known at each of its points.
 */
export function* levelPoints(evidence: Evidence, target: string, series: Series): Generator<LevelPoint> {
  const { source, kind } = series.metric;
  const lagMs = kind === 'gauge' && source.of === 'sample' ? LAG_MS[source.field] : undefined;
  const readers =
    source.of === 'sample' && lagMs !== undefined
      ? readersOf(lifetimes(evidence, target), source.field, lagMs)
      : null;
  for (const { fromMs, toMs, looks, value } of series.points) {
    const { isFresh, knownFromMs, foreign } = readers === null ? knownSince(toMs) : knownAt(readers, toMs);
    yield { fromMs, toMs, looks, value, isFresh, knownFromMs, foreign };
  }
}

function readersOf(lives: readonly Lifetime[], field: ProcessMetric, lagMs: number): Reader[] {
  const turns = lives.flatMap(({ fromMs, exitMs }) => (exitMs === null ? [fromMs] : [fromMs, exitMs]));
  const turnsMs = Float64Array.from(turns).sort();
  return lives.map((life) => new Reader(life, { field, lagMs, turnsMs }));
}

type Known = Pick<LevelPoint, 'isFresh' | 'knownFromMs' | 'foreign'>;

const knownSince = (atMs: number): Known => ({ isFresh: true, knownFromMs: atMs, foreign: 0 });

/** What is known of all processes together at a time. */
function knownAt(readers: readonly Reader[], atMs: number): Known {
  let knownFromMs = atMs;
  let foreign = 0;
  let [isStale, isReadNow] = [false, false];
  for (const reader of readers) {
    if (!reader.goTo(atMs)) continue;
    foreign += reader.foreign;
    isReadNow ||= reader.knownMs === atMs;
    isStale ||= reader.isStale;
    if (reader.isStale) knownFromMs = Math.min(knownFromMs, reader.knownMs);
  }
  return { isFresh: !isStale || isReadNow, knownFromMs, foreign };
}

/** One process, asked at ever later times. */
class Reader {
  readonly #life: Lifetime;
  readonly #lagMs: number;
  readonly #levels: Cursor;
  readonly #clock: Cursor;
  /** Whether anybody told its CPU time. */
  readonly #hasClock: boolean;
  /** When its level was last what is known of it. */
  knownMs: number = Number.NEGATIVE_INFINITY;
  isStale: boolean = false;
  /** See LevelPoint. */
  foreign: number = 0;
  /** When processes of the target came and went, in order of time. */
  readonly #turnsMs: Float64Array;
  #next = 0;
  #nextTurn = 0;
  #level: number | null = null;
  /** Whether it ran since its level was read; where nobody tells its CPU time, it may have. */
  #hasRun = true;

  constructor(
    life: Lifetime,
    { field, lagMs, turnsMs }: { field: ProcessMetric; lagMs: number; turnsMs: Float64Array },
  ) {
    this.#life = life;
    this.#lagMs = lagMs;
    this.#turnsMs = turnsMs;
    this.#levels = new Cursor(life.readings(field));
    this.#clock = new Cursor(life.readings('cpuNs'));
    this.#hasClock = life.readings('cpuNs').atMs.length > 0;
  }

  /** Whether it lives then. */
  goTo(atMs: number): boolean {
    const { looksAtMs, fromMs, exitMs } = this.#life;
    for (; (looksAtMs[this.#next] ?? Number.POSITIVE_INFINITY) <= atMs; this.#next += 1) {
      const lookMs = looksAtMs[this.#next] as number;
      const level = this.#levels.at(lookMs);
      this.#takeLevel(level, lookMs, this.#clock.at(lookMs) !== undefined);
      this.isStale = level === undefined && lookMs - this.knownMs < this.#lagMs;
      if (!this.isStale) this.knownMs = lookMs;
    }
    if (fromMs > atMs || (exitMs !== null && exitMs <= atMs)) return false;
    if (this.isStale && atMs - this.knownMs >= LAG_ASLEEP_MS) {
      this.isStale = false;
      this.knownMs = atMs;
    }
    return true;
  }

  #takeLevel(level: number | undefined, lookMs: number, isClockRead: boolean): void {
    this.#hasRun ||= isClockRead;
    if (level === undefined) return;
    const first = this.#nextTurn;
    while ((this.#turnsMs[this.#nextTurn] ?? Number.POSITIVE_INFINITY) <= lookMs) this.#nextTurn += 1;
    const isTurned = this.#nextTurn > first;
    if (!this.#hasRun && !isTurned && this.#level !== null) this.foreign += level - this.#level;
    this.#level = level;
    this.#hasRun = !this.#hasClock;
  }
}

/** Readings, asked for at ever later looks. */
class Cursor {
  readonly #readings: Readings;
  #next = 0;

  constructor(readings: Readings) {
    this.#readings = readings;
  }

  /** What was read at a look; undefined: nothing. */
  at(lookMs: number): number | undefined {
    const { atMs, values } = this.#readings;
    if (atMs[this.#next] !== lookMs) return undefined;
    this.#next += 1;
    return values[this.#next - 1];
  }
}
