import { z } from 'zod';
import type { Dimension } from '../../../model/dimension.ts';
import { METRICS, slopeOf } from '../../derive/metrics.ts';
import { type LevelPoint, levelPoints } from '../../derive/level-readings.ts';
import { once, spanKey } from '../../derive/once.ts';
import { deriveSeries } from '../../derive/series.ts';
import { LEAST_POINTS, type NoisySlope, slopeInNoise } from '../../stats/noisy-slope.ts';
import type { SlopePoint } from '../../stats/theil-sen.ts';
import { blame, metricOf } from '../aggregates.ts';
import { noLevel, noMetric, problemAt } from '../check-numbers.ts';
import type { Claim } from '../claim.ts';
import { sourceOfMetric } from '../doubts/collector.ts';
import { whyLowerBound } from '../doubts/lower-bound.ts';
import { windowDoubts } from '../doubts/window.ts';
import { type Outcome, parseExpectation } from '../expectation.ts';
import { numberFinding } from '../findings.ts';
import { compareInterval } from '../interval.ts';
import { type Judgement, conclude } from '../judgement.ts';
import type { TrendRule } from '../pack.ts';
import type { Path, Problem } from '../problem.ts';
import { recordMetric } from '../records/record-metric.ts';
import { alphaKey, COMMON, limitKey } from '../rule-keys.ts';
import { endsBeyond, goesOn, isOrdered } from '../trend-shape.ts';
import { counted, rateIn, short, spell } from '../../wording/amounts.ts';
import type { RuleKind } from './kind.ts';

/** A quiet stretch is one point of a series; more points than this of it tell no more. */
const MOST_OF_A_STRETCH = 3600;

/** A level does not rise, or fall, over the window: its slope, with the interval in which it lies. */
export const trend: RuleKind<TrendRule> = {
  schema: z
    .strictObject({
      ...COMMON,
      kind: z.literal('trend'),
      metric: z.string().describe('a level; see the table of metrics'),
      expect: z
        .strictObject({
          slope: limitKey.describe('an operator and a rate with its unit, such as "< 1MB/h"'),
        })
        .describe('the limit of its `slope`, such as "< 1MB/h"'),
      alpha: alphaKey.describe('highest probability that noise alone breaks the rule'),
    })
    .describe('a level does not rise, or fall, by more than this'),
  check,
  judge,
};

function check(rule: TrendRule, path: Path): Problem[] {
  const { metric: name, expect } = rule;
  if (recordMetric(name) !== null) return [noLevel(rule, path)];
  const metric = METRICS.get(name);
  if (metric === undefined) return [noMetric(name, path)];
  const slope = slopeOf(metric);
  if (slope === null) {
    const message = `a slope of ${name}, which is an amount per time, means nothing`;
    const candidates = [...METRICS.values()].filter((one) => slopeOf(one) !== null).map((one) => one.name);
    return [{ path: [...path, 'metric'], message, value: name, candidates }];
  }
  const at = [...path, 'expect', 'slope'];
  return expect.slope === undefined ? [] : checkLimit(at, expect.slope, slope.dimension);
}

/** A number that is only known to lie somewhere is never exactly so much. */
function checkLimit(path: Path, text: string, dimension: Dimension): Problem[] {
  const expectation = parseExpectation(text, dimension);
  if ('problem' in expectation) return problemAt(path, expectation);
  const isExact = expectation.operator === '==' || expectation.operator === '!=';
  return isExact ? [{ path: [...path], message: 'a slope is never exactly so much; use < or >' }] : [];
}

interface Judged {
  slope: NoisySlope;
  /** The slope and where it lies, in words. */
  words: string;
  outcome: Outcome;
  doubt: string | null;
}

function judge(claim: Claim<TrendRule>): Judgement {
  const { evidence, window, target, rule } = claim;
  const metric = metricOf(rule);
  const source = sourceOfMetric(claim, metric);
  const series = deriveSeries(evidence, target, metric, window);
  const key = `${metric.name} ${spanKey(window)} ${target}`;
  const points = once(evidence, pointsOf, key, () =>
    pointsOf(levelPoints(evidence, target, series), window.fromMs),
  );
  const found = once(evidence, slopeInNoise, `${key} ${rule.alpha}`, () => slopeInNoise(points, rule.alpha));
  const judged = series.missing === null && found !== null ? judgeSlope(rule, points, found) : null;
  const whyLower = whyLowerBound(claim, series, source);
  const doubts = [
    ...windowDoubts(claim, source),
    ...[series.missing, whyLower, judged?.doubt ?? null].filter((doubt) => doubt !== null),
    ...(judged === null && series.missing === null ? [tooFew(points)] : []),
  ];
  const expected = `slope ${(rule.expect.slope ?? '').trim()}`;
  const isBroken = judged?.outcome === 'broken';
  const { words: blamed, ...who } = blame(claim, metric, series);
  return conclude(
    {
      measured: judged === null ? 'unknown' : `slope ${judged.words}`,
      expected,
      tier: source.tier,
      exceptions: [],
      findings:
        isBroken && judged !== null
          ? [
              numberFinding(claim, 1, {
                subject: { metric: metric.name, aggregate: 'slope' },
                ...who,
                text: `${target}: slope of ${metric.name} is ${judged.words}, expected ${(rule.expect.slope ?? '').trim()}${blamed}`,
              }),
            ]
          : [],
    },
    doubts,
    null,
  );
}

function judgeSlope(rule: TrendRule, points: readonly SlopePoint[], found: NoisySlope): Judged {
  const about = slopeOf(metricOf(rule));
  const text = rule.expect.slope ?? '';
  const expectation = about === null ? null : parseExpectation(text, about.dimension);
  if (about === null || expectation === null || 'problem' in expectation)
    throw new Error(`slope of ${rule.metric}, ${text}: the pack was not checked`);
  const seconds = (points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0);
  const unseen = about.step / seconds;
  const slope = { ...found, low: found.low - unseen, high: found.high + unseen };
  const say = (perSecond: number): string => rateIn(perSecond, about.dimension, text);
  const reach = `${say(slope.low)} to ${say(slope.high)}`;
  const outcome = compareInterval(slope.low, slope.high, expectation);
  const words = `${say(slope.slope)} (${reach}, ${short((1 - rule.alpha) * 100)} %)`;
  if (outcome === 'open') {
    return { slope, words, outcome, doubt: `the interval reaches from ${reach}` };
  }
  if (outcome === 'broken' && !goesOn(found.points, expectation)) {
    const doubt = 'it went on in one half of the window only: a step, or a start that dies down';
    return { slope, words, outcome: 'open', doubt };
  }
  if (outcome === 'broken' && !isOrdered(slope, expectation, rule.alpha)) {
    return { slope, words, outcome: 'open', doubt: `chance may have ordered its values so (${reach})` };
  }
  if (outcome === 'kept' && endsBeyond(found.points, expectation, { alpha: rule.alpha, step: about.step })) {
    const doubt = `its end by itself lies beyond it (${reach} over all of it): what began late`;
    return { slope, words, outcome: 'open', doubt };
  }
  return { slope, words, outcome, doubt: null };
}

/** Seconds since the opening, and the level as the target made it: only where it was read, or could not have changed since. */
function pointsOf(points: Iterable<LevelPoint>, openedMs: number): SlopePoint[] {
  const told: SlopePoint[] = [];
  for (const { fromMs, toMs, looks, value, isFresh, foreign } of points) {
    if (!isFresh) continue;
    const count = Math.min(looks, MOST_OF_A_STRETCH);
    for (let nth = 1; nth <= count; nth += 1)
      told.push({ x: (fromMs + ((toMs - fromMs) * nth) / count - openedMs) / 1000, y: value - foreign });
  }
  return told;
}

function tooFew(points: readonly SlopePoint[]): string {
  const seconds = (points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0);
  return `${counted(points.length, 'reading')} in ${spell(seconds * 1000)} are too few for a trend: it takes ${LEAST_POINTS}`;
}
