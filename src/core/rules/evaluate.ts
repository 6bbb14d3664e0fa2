import type { Evidence, Window } from '../../model/evidence.ts';
import type { RuleResult } from '../../model/proof.ts';
import { remembering } from '../derive/once.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { actorsIn } from './actors.ts';
import type { Claim } from './claim.ts';
import { type Judgement, resultOf } from './judgement.ts';
import { kindOf } from './kinds/kinds.ts';
import type { RulePack } from './pack.ts';
import { askingOnce } from './periodicity/asking.ts';

export interface JudgeOptions {
  /** Warnings make a window inconclusive. */
  strict: boolean;
  /** The shortest life that must be seen where only sampling is to be had; null: sampling is not accepted. */
  acceptSampledMs: number | null;
}

/**
 * Judges every rule of the packs, for each target that it concerns, over each window of its kind.
 */
export function judge(given: Evidence, packs: readonly RulePack[], options: JudgeOptions): RuleResult[] {
  const evidence = remembering(given);
  const actorOf = actorsIn(evidence);
  const askForPeriods = askingOnce();
  const results: RuleResult[] = [];
  for (const pack of packs) {
    for (const rule of pack.rules) {
      const targets = rule.target === undefined ? evidence.targets.map(({ name }) => name) : [rule.target];
      const windows = windowsFor(evidence, rule);
      const acceptSampledMs = parseDurationMs(rule.acceptSampled ?? '') ?? options.acceptSampledMs;
      for (const target of targets) {
        const base = { evidence, target, pack, rule, acceptSampledMs, actorOf, askForPeriods };
        if (windows.length === 0) results.push(...withoutWindow(base));
        for (const window of windows) results.push(judgeClaim({ ...base, window }));
      }
    }
  }
  return results;
}

/** Where there is no idle window, a measurement is judged as it was taken. */
function windowsFor({ windows }: Evidence, { window }: Claim['rule']): Window[] {
  const own = windows.filter(({ kind }) => kind === window);
  return own.length > 0 || window !== 'idle' ? own : windows.filter(({ kind }) => kind === 'measure');
}

function judgeClaim(claim: Claim): RuleResult {
  const unjudgeable = whyUnjudgeable(claim);
  if (unjudgeable !== null) return resultOf(claim, unjudged('inconclusive', unjudgeable));
  const judged = kindOf(claim.rule).judge(claim);
  return resultOf(claim, claim.window.isCutOff === true ? cutOff(judged) : judged);
}

/** Why the evidence is not about what a rule is about; null where it is. */
function whyUnjudgeable({ target, evidence, window, rule }: Claim): string | null {
  if (window.kind === 'measure' && rule.kind !== 'measurement' && rule.kind !== 'regression')
    return `${target} was measured, and not watched: there is no idle window in this evidence`;
  const isKnown = evidence.targets.some(({ name }) => name === target);
  return isKnown ? null : `there is no target ${target} in this evidence`;
}

const CUT_OFF =
  'the watchdog was killed before it had heard all of this window, and what it saw last is lost';

/** What is lost may be what the rule is about: what was found stands, and nothing else does. */
function cutOff(judgement: Judgement): Judgement {
  const { verdict, reason } = judgement;
  if (verdict === 'fail' || verdict === 'notApplicable') return judgement;
  const others = verdict === 'inconclusive' && reason !== null ? `; ${reason}` : '';
  return { ...judgement, verdict: 'inconclusive', reason: CUT_OFF + others };
}

/** Nothing was stopped by us where nothing was started by us; a command whose stop was not seen is another matter. */
function withoutWindow(base: Omit<Claim, 'window'>): RuleResult[] {
  if (base.rule.window !== 'stop') return [];
  const never: Window = {
    id: 'stop',
    kind: 'stop',
    trigger: 'check',
    fromMs: 0,
    toMs: 0,
    requestedMs: 0,
    settleMs: 0,
    closedBy: 'stopped',
  };
  return [resultOf({ ...base, window: never }, withoutStop(base))];
}

function withoutStop({ evidence, target }: Omit<Claim, 'window'>): Judgement {
  const report = evidence.targets.find(({ name }) => name === target);
  if (report !== undefined && report.selector.by !== 'command')
    return unjudged('notApplicable', `${target} was not started by this run, and so not stopped by it`);
  // A daemon stops its commands when it ends itself, after the last of its windows.
  if (report !== undefined && evidence.windows.some(({ trigger }) => trigger !== 'check'))
    return unjudged(
      'notApplicable',
      `${target} is not stopped in this window; \`idleproof check\` watches a stop`,
    );
  return unjudged('inconclusive', 'the stop of the command was not watched');
}

function unjudged(verdict: 'inconclusive' | 'notApplicable', reason: string): Judgement {
  return { verdict, measured: 'not watched', expected: '', reason, tier: null, exceptions: [], findings: [] };
}
