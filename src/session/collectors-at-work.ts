import type { Collector, Look, Observations } from '../model/collector.ts';
import type { CollectorReport } from '../model/evidence.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { CollectorFailure } from './recorder.ts';

/** A collector at work for one target, or for all of them (null). */
export interface Post {
  collector: Collector;
  target: string | null;
}

/** All collectors of a run: what they see at each look, what that costs, and how they knew. None of them can end the run. */
export class CollectorsAtWork {
  readonly #posts: readonly Post[];
  readonly #threadCpuNs: () => number;
  readonly #costNs: Map<Collector, number> = new Map();

  /** @param threadCpuNs CPU time of this thread in nanoseconds */
  constructor(posts: readonly Post[], threadCpuNs: () => number) {
    this.#posts = posts;
    this.#threadCpuNs = threadCpuNs;
  }

  /** Calls back when one of them has something to do before it said that it would. */
  onNews(wake: () => void): void {
    for (const { collector } of this.#posts) collector.onNews?.(wake);
  }

  /** When the first of them has something to do although no process runs. */
  dueAtMs(): number {
    return Math.min(...this.#posts.map(({ collector }) => collector.dueAtMs?.() ?? Number.POSITIVE_INFINITY));
  }

  /** What each of them saw, and what could not be seen. */
  sample(look: Look): { observed: Observations[]; failures: CollectorFailure[] } {
    const observed: Observations[] = [];
    const failures: CollectorFailure[] = [];
    for (const post of this.#posts) {
      const observations = this.#sample(post, look);
      observed.push(observations);
      for (const failure of observations.failures ?? []) {
        failures.push({ collector: post.collector.name, ...failure });
      }
    }
    return { observed, failures };
  }

  /** Whether something from before now may still become visible; see Collector.pending. */
  pending(): readonly Post[] {
    return this.#posts.filter(({ collector }) => collector.pending?.() === true);
  }

  /**
   * How each collector knew from its first look until now; it goes on. One that cannot tell before it stops is no support for a
   * window that ends before.
   */
  reports(): CollectorReport[] {
    return this.#posts.map(({ collector, target }) => {
      const cpuSeconds = (this.#costNs.get(collector) ?? 0) / 1e9;
      const unknown = { ...UNTOLD, reason: 'it cannot tell how it knows before it stops' };
      try {
        return { name: collector.name, target, cpuSeconds, ...(collector.report?.() ?? unknown) };
      } catch (error) {
        return {
          name: collector.name,
          target,
          cpuSeconds,
          ...UNTOLD,
          reason: `could not tell: ${messageOf(error)}`,
        };
      }
    });
  }

  /** Whether an events table was not seen whole so far, and would be from now on. */
  hasRecovered(processes: readonly WatchedProcess[]): boolean {
    return this.#posts.some(
      ({ collector }) =>
        collector.name === 'events' &&
        collector.report?.().status !== 'ok' &&
        collector.probe(processes).status === 'ok',
    );
  }

  /** Stops all collectors and reports how each of them knew. */
  stop(): CollectorReport[] {
    return this.#posts.map(({ collector, target }) => {
      const cpuSeconds = (this.#costNs.get(collector) ?? 0) / 1e9;
      try {
        return { name: collector.name, target, cpuSeconds, ...collector.stop() };
      } catch (error) {
        const reason = `could not be stopped: ${messageOf(error)}`;
        return { name: collector.name, target, cpuSeconds, ...UNTOLD, reason };
      }
    });
  }

  #sample({ collector, target }: Post, look: Look): Observations {
    const before = this.#threadCpuNs();
    try {
      return collector.sample(look);
    } catch (error) {
      return { failures: [{ target, reason: messageOf(error) }] };
    } finally {
      this.#costNs.set(collector, (this.#costNs.get(collector) ?? 0) + this.#threadCpuNs() - before);
    }
  }
}

/** Nobody knows what it saw and what it missed. */
const UNTOLD = { status: 'partial', tier: 'sampled', lost: 0 } as const;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
