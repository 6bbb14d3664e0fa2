import type { CollectorReport, StretchReport } from '../model/evidence.ts';

/** What is known at an edge: collectors tell totals from their first look on, everything else is of the stretch alone. */
export type EdgeFacts = Omit<StretchReport, 'fromMs' | 'toMs'>;

/**
 * Makes one report of each stretch between two edges of windows, from collectors that count for as long as they run. A tier that
 * dropped, or a flaw, stays for as long as the collector says so.
 */
export class StretchReports {
  #fromMs: number;
  #totals: Map<string, CollectorReport> = new Map();

  /** @param fromMs the first look */
  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  /** The report of the stretch that ends now; the next one begins here. */
  cut(toMs: number, facts: EdgeFacts): StretchReport {
    const report = {
      ...facts,
      fromMs: this.#fromMs,
      toMs,
      collectors: facts.collectors.map((one) => this.#since(one)),
    };
    this.#fromMs = toMs;
    this.#totals = new Map(facts.collectors.map((one) => [keyOf(one), one]));
    return report;
  }

  /** One that counts less than before has begun anew (its target was added again): all of it is of this stretch. */
  #since(now: CollectorReport): CollectorReport {
    const before = this.#totals.get(keyOf(now));
    const grown = (name: 'lost' | 'cpuSeconds', amount: number): number => {
      const known = before?.[name] ?? null;
      return known === null || amount < known ? amount : amount - known;
    };
    const { lost, cpuSeconds } = now;
    return {
      ...now,
      lost: grown('lost', lost),
      cpuSeconds: cpuSeconds === null ? null : grown('cpuSeconds', cpuSeconds),
    };
  }
}

const keyOf = ({ name, target }: CollectorReport): string => JSON.stringify([name, target]);
