import type { CoverageBar, Shade } from '../../model/charts.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { partInside, union } from '../derive/spans.ts';
import { loopGaps } from '../derive/timeline.ts';
import { stretchOf } from './plots.ts';

/** More stretches than a page is wide tell nothing more: then those that are close together become one. */
const MAX_STRETCHES = 400;
const MAX_DETAIL = 200;

/** What is drawn behind the curves. */
export function shadesOf(evidence: Evidence, window: Window, shown: TimeSpan): Shade[] {
  const { fromMs: originMs } = window;
  const around: Shade[] = [];
  if (shown.fromMs < window.fromMs) {
    const span = { fromMs: shown.fromMs, toMs: window.fromMs };
    around.push({ ...stretchOf(span, originMs), kind: 'settle', target: null, text: 'settling' });
  }
  if (shown.toMs > window.toMs) {
    const span = { fromMs: window.toMs, toMs: shown.toMs };
    around.push({ ...stretchOf(span, originMs), kind: 'stop', target: null, text: 'the command is stopped' });
  }
  const gaps = joinClose(loopGaps(evidence, shown), shown).map(
    (gap): Shade => ({ ...stretchOf(gap, originMs), kind: 'gap', target: null, text: 'nobody looked' }),
  );
  const disturbed = evidence.disturbances
    .flatMap((one) => {
      const part = partInside(one, shown, evidence.run.tickMs);
      return part === null ? [] : [{ ...one, ...part }];
    })
    .slice(0, MAX_STRETCHES)
    .map(
      (one): Shade => ({
        ...stretchOf(one, originMs),
        kind: one.kind,
        target: one.target,
        text: `${one.kind}: ${one.detail.slice(0, MAX_DETAIL)}`,
      }),
    );
  return [...around, ...gaps, ...disturbed];
}

/** When the loop and each collector did not look in the window. */
export function coverageBars(evidence: Evidence, window: Window): CoverageBar[] {
  const bars: CoverageBar[] = [{ collector: 'loop', target: null, gaps: [] }];
  for (const { name, target } of evidence.collectors) bars.push({ collector: name, target, gaps: [] });
  return bars.map(({ collector, target }) => {
    const own =
      collector === 'loop'
        ? loopGaps(evidence, window)
        : evidence.gaps
            .filter((gap) => gap.collector === collector && sameTarget(gap.target, target))
            .flatMap((gap) => partInside(gap, window, evidence.run.tickMs) ?? []);
    const gaps = joinClose(union(own), window).map((gap) => stretchOf(gap, window.fromMs));
    return { collector, target, gaps };
  });
}

/** A gap for every target concerns each; a report for all targets concerns the gaps of any. */
const sameTarget = (gap: string | null, report: string | null): boolean =>
  gap === null || report === null || gap === report;

/** Gaps only grow by this. */
function joinClose(gaps: readonly TimeSpan[], { fromMs, toMs }: TimeSpan): TimeSpan[] {
  if (gaps.length <= MAX_STRETCHES) return [...gaps];
  const closeMs = (toMs - fromMs) / MAX_STRETCHES;
  const joined: TimeSpan[] = [];
  for (const gap of gaps) {
    const last = joined.at(-1);
    if (last !== undefined && gap.fromMs - last.toMs < closeMs) last.toMs = Math.max(last.toMs, gap.toMs);
    else joined.push({ ...gap });
  }
  return joined;
}
