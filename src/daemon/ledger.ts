import type { VerdictQuery } from '../model/control-api.ts';
import type { WindowVerdict } from '../model/daemon-status.ts';
import type { Verdict } from '../model/verdict.ts';

/** As many as somebody may ask for. */
const KEPT = 1_000;

/** Looks and verdicts since the daemon runs. */
export class Ledger {
  looks = 0;
  lastLookMs: number | null = null;
  /** The newest last. */
  #verdicts: WindowVerdict[] = [];
  readonly #counts: Map<string, Record<Verdict, number>> = new Map();

  looked(nowMs: number): void {
    this.looks += 1;
    this.lastLookMs = nowMs;
  }

  /** One that supersedes another of the same window takes its place. */
  add(verdict: WindowVerdict): void {
    const isSame = (one: WindowVerdict): boolean =>
      one.windowId === verdict.windowId && one.fromMs === verdict.fromMs;
    const before = this.#verdicts.find(isSame);
    const counts = this.countsOf(verdict.windowId);
    if (before !== undefined) counts[before.verdict] -= 1;
    counts[verdict.verdict] += 1;
    this.#counts.set(verdict.windowId, counts);
    this.#verdicts = [...this.#verdicts.filter((one) => !isSame(one)), verdict].slice(-KEPT);
  }

  /** Of what was no window after all. @returns what was said of it; null: nothing yet */
  remove(windowId: string, fromMs: number): WindowVerdict | null {
    const found = this.#verdicts.find((one) => one.windowId === windowId && one.fromMs === fromMs);
    if (found === undefined) return null;
    this.countsOf(windowId)[found.verdict] -= 1;
    this.#verdicts = this.#verdicts.filter((one) => one !== found);
    return found;
  }

  countsOf(windowId: string): Record<Verdict, number> {
    return this.#counts.get(windowId) ?? { pass: 0, fail: 0, inconclusive: 0 };
  }

  /** The newest first. */
  verdicts({ windowId, limit }: VerdictQuery): WindowVerdict[] {
    return this.#verdicts
      .filter((one) => windowId === null || one.windowId === windowId)
      .toReversed()
      .slice(0, limit);
  }
}
