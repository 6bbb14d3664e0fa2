import { z } from 'zod';
import type { TimeSpan } from '../../../model/time.ts';
import { parseDurationMs } from '../../parse/duration.ts';
import { durationText, sayNoUnitText, type UnitText } from '../../parse/unit-text.ts';
import { type Aggregated, aggregate, metricOf, overSpan } from '../aggregates.ts';
import { checkCause } from '../check-activities.ts';
import { checkAggregates } from '../check-numbers.ts';
import type { Claim } from '../claim.ts';
import { sourceOfMetric } from '../doubts/collector.ts';
import { coverageDoubts, windowDoubts } from '../doubts/window.ts';
import { limitsIn } from '../expectation.ts';
import { type Judgement, conclude, notApplicable } from '../judgement.ts';
import type { DeadlineRule } from '../pack.ts';
import type { Path, Problem } from '../problem.ts';
import { AGGREGATE_LIMITS, causeSchema, COMMON } from '../rule-keys.ts';
import { describe, type Triggers, triggersOf } from '../triggers.ts';
import { counted, spell } from '../../wording/amounts.ts';
import { unitTextSchema } from '../unit-text-schema.ts';
import type { RuleKind } from './kind.ts';

type DeadlineClaim = Claim<DeadlineRule>;

const WITHIN: UnitText = durationText('a duration such as 30s or 5m');
const PARAMETER = /^\{[^{}]+\}$/;

/** The part of the window that a rule is about, or why there is none. */
type Part = { span: TimeSpan } | { why: string };

/** A state that must be reached in time after the last trigger, or held before the first or until it is due. */
export const deadline: RuleKind<DeadlineRule> = {
  schema: z
    .strictObject({
      ...COMMON,
      kind: z.literal('deadline'),
      metric: z.string().describe('what is measured; see the table of metrics'),
      after: causeSchema.describe('the trigger, of any target'),
      within: unitTextSchema({
        ...WITHIN,
        what: `${WITHIN.what}, or a parameter such as {timeout}`,
        isValid: (text) => WITHIN.isValid(text) || PARAMETER.test(text),
      }).describe('when the state is due after the last trigger'),
      phase: z
        .enum(['before', 'during', 'after'])
        .default('after')
        .describe('`before` the first trigger, `during` the time until it is due, or `after` that'),
      expect: z.strictObject(AGGREGATE_LIMITS).describe('limits of aggregates of the metric in that time'),
    })
    .describe('a state is reached in time after a trigger'),
  check,
  judge,
};

function check(rule: DeadlineRule, path: Path): Problem[] {
  const { after, within } = rule;
  const isTime = WITHIN.isValid(within) || PARAMETER.test(within);
  return [
    ...checkAggregates(rule, path),
    ...checkCause(after, [...path, 'after']),
    ...(isTime ? [] : [{ path: [...path, 'within'], message: sayNoUnitText(within, WITHIN) }]),
  ];
}

function judge(claim: DeadlineClaim): Judgement {
  const { rule, window } = claim;
  const triggers = triggersOf(claim);
  const expected = expectedOf(rule);
  if (triggers.timesMs === null) return notApplicable(`no ${rule.after.activity} source was given`, expected);
  const source = sourceOfMetric(claim, metricOf(rule));
  const doubts = windowDoubts(claim, source);
  const part = partOf(claim, triggers.timesMs);
  if ('why' in part) {
    const nothing = {
      measured: counted(triggers.timesMs.length, 'trigger'),
      expected,
      tier: source.tier,
      exceptions: [],
      findings: [],
    };
    const words = triggers.missed === null ? part.why : `${part.why}; ${triggers.missed}`;
    return conclude(nothing, [words, ...doubts], null);
  }
  const inPart = overSpan(claim, part.span);
  const found = aggregate(claim, part.span);
  const open = whyOpen(claim, triggers, found);
  doubts.push(...coverageDoubts(inPart, source), ...found.doubts);
  const when = `${spell(part.span.toMs - part.span.fromMs)} from ${spell(part.span.fromMs - window.fromMs)} after the opening`;
  return conclude(
    {
      ...found.facts,
      expected,
      measured: `${found.facts.measured} (${when})`,
      findings:
        open === null
          ? found.facts.findings.map((one) => ({
              ...one,
              text: `${one.text}; ${wordsOf(claim, triggers.timesMs ?? [])}`,
            }))
          : [],
    },
    open === null ? doubts : [open, ...doubts],
    found.accepted,
  );
}

function expectedOf({ expect, phase, within, after }: DeadlineRule): string {
  const when = {
    before: 'before the first',
    during: `within ${within} of the last`,
    after: `${within} after the last`,
  };
  return `${limitsIn(expect)} ${when[phase]} ${describe(after)}`;
}

function partOf({ rule, window }: DeadlineClaim, timesMs: readonly number[]): Part {
  const { fromMs, toMs } = window;
  const first = timesMs[0];
  const last = timesMs.at(-1);
  if (rule.phase === 'before') {
    const until = first ?? toMs;
    return until > fromMs
      ? { span: { fromMs, toMs: until } }
      : { why: `${describe(rule.after)} came before the window` };
  }
  if (last === undefined) return { why: `${describe(rule.after)} was never seen` };
  const dueMs = last + (parseDurationMs(rule.within) ?? 0);
  if (rule.phase === 'during') {
    const span = { fromMs: Math.max(last, fromMs), toMs: Math.min(dueMs, toMs) };
    return span.toMs > span.fromMs
      ? { span }
      : { why: `the window opened ${spell(fromMs - dueMs)} after the time that the rule is about` };
  }
  return dueMs < toMs
    ? { span: { fromMs: Math.max(dueMs, fromMs), toMs } }
    : {
        why: `the window closed ${spell(dueMs - toMs)} before it was due, which is ${rule.within} after the last ${describe(rule.after)}`,
      };
}

/**
 * Why what breaks the rule may yet be right, or what keeps it wrong: an unseen trigger would have put the deadline off, so that the
 * rule is about a part of that time, or about another time altogether.
 */
function whyOpen(claim: DeadlineClaim, triggers: Triggers, found: Aggregated): string | null {
  const { phase } = claim.rule;
  const [first] = found.facts.findings;
  if (triggers.doubtful !== null) return triggers.doubtful;
  if (first === undefined) return phase !== 'during' && found.holdsInParts ? null : triggers.missed;
  if (triggers.missed !== null) return `${first.text}; but ${triggers.missed}`;
  if (phase === 'before' && !isSeenFromTheStart(claim))
    return `${first.text}; but it may have been used before it was watched`;
  return null;
}

/** Only of what the run started it is known that nobody used it before. */
function isSeenFromTheStart({ evidence, target }: DeadlineClaim): boolean {
  const roots = evidence.processes.filter((one) => one.target === target && one.membership === 'root');
  return roots.length > 0 && roots.every(({ startedAtMs }) => startedAtMs >= evidence.run.startedAtMs);
}

function wordsOf({ rule, window }: DeadlineClaim, timesMs: readonly number[]): string {
  const last = timesMs.at(-1);
  if (rule.phase === 'before' || last === undefined) return `before any ${describe(rule.after)}`;
  return `the last ${describe(rule.after)} was ${spell(window.toMs - last)} before the close`;
}
