import type { Charts } from '../../model/charts.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { Finding, Proof } from '../../model/proof.ts';
import type { TimeSpan } from '../../model/time.ts';
import { remembering } from '../derive/once.ts';
import { union } from '../derive/spans.ts';
import { loopGaps } from '../derive/timeline.ts';
import { beatsOf } from './beats.ts';
import { lanesOf } from './lanes.ts';
import { LINES_PER_TARGET, plotsOf, stretchOf } from './plots.ts';
import { coverageBars, shadesOf } from './shades.ts';

/** Of all curves of a page together: it stays small and quick whatever the length of the window. */
const MAX_POINTS = 30_000;
/** More than a wide screen has pixels show nothing more until somebody zooms. */
const MAX_BUCKETS = 1_500;
const MIN_BUCKETS = 60;

/** A page with more of them would be too large; the gate sheet and the findings have them all. */
const MAX_TARGETS = 24;

/** What a page draws of the evidence's idle window. */
export function chartsOf(given: Evidence, { findings }: Pick<Proof, 'findings'>): Charts {
  const evidence = remembering(given);
  const window = evidence.windows.find(({ kind }) => kind === 'idle');
  if (window === undefined) throw new Error('the evidence holds no idle window');
  const { fromMs: originMs } = window;
  const shown = shownOf(evidence, window);
  const targets = evidence.targets.slice(0, MAX_TARGETS).map(({ name }) => name);
  const points = MAX_POINTS / (LINES_PER_TARGET * Math.max(1, targets.length));
  const buckets = Math.min(MAX_BUCKETS, Math.max(MIN_BUCKETS, Math.floor(points / 2)));
  const input = { evidence, shown, originMs, buckets };
  return {
    originMs,
    utcOffsetMinutes: evidence.run.host.utcOffsetMinutes,
    shown: stretchOf(shown, originMs),
    window: stretchOf(window, originMs),
    tickSeconds: evidence.run.tickMs / 1000,
    shades: shadesOf(evidence, window, shown),
    coverage: coverageBars(evidence, window),
    targets: targets.map((name) => ({
      name,
      plots: plotsOf(input, name),
      lanes: lanesOf(evidence, name, window, shown),
    })),
    beats: beatsByFinding(evidence, findings, window),
  };
}

/** The window, with as much of the settling as was seen, and the stop of a command. */
function shownOf(evidence: Evidence, window: Window): TimeSpan {
  const firstLookMs = evidence.looks.reduce((first, { fromMs }) => Math.min(first, fromMs), window.fromMs);
  const stops = evidence.windows.filter(({ kind, toMs }) => kind === 'stop' && toMs > window.toMs);
  return {
    fromMs: Math.max(firstLookMs, window.fromMs - window.settleMs),
    toMs: Math.max(window.toMs, ...stops.map(({ toMs }) => toMs)),
  };
}

function beatsByFinding(evidence: Evidence, findings: readonly Finding[], window: Window): Charts['beats'] {
  const all = union([...evidence.gaps, ...loopGaps(evidence, window)]);
  const gaps = all.map((gap) => stretchOf(gap, window.fromMs));
  return Object.fromEntries(
    findings
      .filter(({ period }) => period !== null)
      .map((finding) => [finding.id, beatsOf(finding, window.fromMs, gaps)]),
  );
}
