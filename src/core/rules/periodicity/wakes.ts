import type { CollectorName } from '../../../model/collector.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { METRICS } from '../../derive/metrics.ts';
import { deriveSeries } from '../../derive/series.ts';
import { outside } from '../../derive/spans.ts';
import { isWakeSample } from '../../derive/wake-times.ts';
import type { Claim } from '../claim.ts';
import { type Source, sourceOf } from '../doubts/collector.ts';
import { whyLowerBound } from '../doubts/lower-bound.ts';
import { acceptance, whyNotAccepted } from '../doubts/sampling.ts';
import { gapsOf, windowDoubts } from '../doubts/window.ts';
import { conclude, type Judgement } from '../judgement.ts';
import type { PeriodicityRule } from '../pack.ts';
import { clean } from '../sentences.ts';
import { counted, spell } from '../../wording/amounts.ts';
import { burstsIn, tooDense, untoldIn } from './bursts.ts';
import { hasShorter, isConcerned } from './period.ts';
import { expectedOf, reachOf, toldOf } from './reach.ts';
import { searchPeriods } from './search.ts';
import { sleepless } from './sleepless.ts';
import { wakeFinding } from './wake-finding.ts';

/** The beat of wakes is found in the trace, or in the looks at the CPU clock. */
export const WAKE_COLLECTORS: readonly CollectorName[] = ['trace', 'cpu'];

/** Judges that no thread of a target wakes on a beat of its own; that others wake it by packets is another matter. */
export function judgeWakes(claim: Claim<PeriodicityRule>): Judgement {
  const { window, rule } = claim;
  const source = sourceOf(claim, WAKE_COLLECTORS, null);
  const exposure = outside(window, gapsOf(claim, source));
  const isTraced = source.collector === 'trace';
  const bursts = burstsIn(claim, isTraced, exposure);
  const periodsFound = searchPeriods(bursts, rule.alpha, claim.askForPeriods);
  const { bySeries, together, merged } = periodsFound;
  const found = [...bySeries].flatMap(([index, periods]) =>
    periods.map((period) => ({ period, of: bursts.filter((_, other) => other === index) })),
  );
  found.push(...together.map((period) => ({ period, of: merged.flatMap((index) => bursts[index] ?? []) })));
  const findings = found
    .filter(({ period }) => isConcerned(rule, period))
    .map(({ period, of }, index) => wakeFinding(claim, period, of, index + 1));
  const count = bursts.reduce((sum, { timesMs }) => sum + timesMs.length, 0);
  const reach = reachOf(claim, [exposure, ...bursts.map((one) => one.exposure)], count, periodsFound);
  const lower = unseen(claim, source);
  const refused = lower === null ? null : whyNotAccepted(claim);
  const doubts = [
    ...windowDoubts(claim, source),
    ...(refused === null ? [] : [`${lower}; ${refused}`]),
    ...(isTraced && !isWakeSample(claim.evidence, window) ? sleepless(claim) : tooDense(claim, bursts)),
    ...(isTraced ? perhapsTimed(claim, exposure) : []),
    ...(reach.doubt === null ? [] : [reach.doubt]),
  ];
  const periods = findings.flatMap(({ period }) => period ?? []).map(({ seconds }) => seconds);
  const facts = {
    measured:
      periods.length === 0
        ? counted(count, 'wake')
        : [...new Set(periods.map(everyShort))].slice(0, 4).join(', '),
    expected: expectedOf(claim, reach, {
      butExcused: false,
      butMultiples: hasShorter(rule, periodsFound),
      isBroken: periods.length > 0,
    }),
    tier: source.tier,
    exceptions: [],
    findings,
    periodsTold: toldOf(claim, reach, false),
  };
  return conclude(facts, doubts, lower !== null && refused === null ? acceptance(claim) : null);
}

const everyShort = (seconds: number): string => `every ${spell(Number((seconds * 1000).toPrecision(3)))}`;

/** Beats of which it cannot be told whether they are the sender's or the target's own. */
function perhapsTimed(claim: Claim<PeriodicityRule>, exposure: readonly TimeSpan[]): string[] {
  const untold = untoldIn(claim, exposure);
  const { bySeries } = searchPeriods(untold, claim.rule.alpha, claim.askForPeriods);
  return [...bySeries].flatMap(([index, periods]) => {
    const one = untold[index];
    const period = periods.find((each) => isConcerned(claim.rule, each));
    if (one === undefined || period === undefined) return [];
    const who = `thread ${clean(one.thread ?? '')} (pid ${one.process.pid})`;
    return [
      `${who} woke ${everyShort(period.seconds)} by packets or by the timeout of a call that is not recorded, and nobody can tell which`,
    ];
  });
}

/** Processes and threads that nobody saw may have woken on a beat as well. */
function unseen(claim: Claim, source: Source): string | null {
  if (source.collector === 'trace') return null;
  const metric = METRICS.get('wakeups.rate');
  if (metric === undefined) return null;
  const series = deriveSeries(claim.evidence, claim.target, metric, claim.window);
  return whyLowerBound(claim, series, source);
}
