import type { Evidence } from '../../model/evidence.ts';
import type { ProcessMetric } from '../../model/sample.ts';
import { type Lifetime, lifetimes } from './lifetimes.ts';
import type { Point, Series } from './series.ts';

/** A point of a level, and how far it is known rather than taken over from before. */
export interface LevelPoint extends Point {
  /** Something was read anew for it, or nothing has run since all was read. */
  isFresh: boolean;
  /** The level is as it was then or later: each process was read then, or has not run since it was. */
  knownFromMs: number;
}

/**
 * The points of a series with what is known of each. Of a process that runs, some levels are read less often than at each look,
 * and a value that was only taken over says nothing new. What is no level of processes is known at each of its points.
 */
export function levelPoints(evidence: Evidence, target: string, series: Series): LevelPoint[] {
  const { source, kind } = series.metric;
  if (kind !== 'gauge' || source.of !== 'sample') {
    return series.points.map((point) => ({ ...point, isFresh: true, knownFromMs: point.toMs }));
  }
  const readers = lifetimes(evidence, target).map((life) => new Reader(life, source.field));
  return series.points.map((point) => {
    const states = readers.flatMap((reader) => reader.at(point.toMs) ?? []);
    const stale = states.filter(({ isStale }) => isStale);
    return {
      ...point,
      isFresh: stale.length === 0 || states.some(({ readMs }) => readMs === point.toMs),
      knownFromMs: Math.min(point.toMs, ...stale.map(({ readMs }) => readMs)),
    };
  });
}

/** One process, asked at ever later times. */
class Reader {
  readonly #life: Lifetime;
  readonly #field: ProcessMetric;
  #next = 0;
  #readMs = Number.NEGATIVE_INFINITY;
  #isStale = false;

  constructor(life: Lifetime, field: ProcessMetric) {
    this.#life = life;
    this.#field = field;
  }

  /** null: it does not live then. */
  at(atMs: number): { readMs: number; isStale: boolean } | null {
    const { samples, fromMs, exitMs } = this.#life;
    for (let one = samples[this.#next]; one !== undefined && one.atMs <= atMs; one = samples[this.#next]) {
      this.#isStale = one[this.#field] === undefined;
      if (!this.#isStale) this.#readMs = one.atMs;
      this.#next += 1;
    }
    if (fromMs > atMs || (exitMs !== null && exitMs <= atMs)) return null;
    return { readMs: this.#readMs, isStale: this.#isStale };
  }
}
