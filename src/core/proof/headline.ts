import type { Coverage, RuleResult } from '../../model/proof.ts';
import type { TargetReport } from '../../model/target.ts';
import type { Verdict } from '../../model/verdict.ts';
import { sayExcluded } from './excluded.ts';

export interface HeadlineFacts {
  verdict: Verdict;
  targets: readonly string[];
  durationSeconds: number;
  results: readonly RuleResult[];
  /** Why collectors saw nothing at all, as the reasons of rules have it. */
  missing: readonly string[];
  notWatched: readonly string[];
  warnings: readonly string[];
  /** The shortest life that the user accepted sampling for; null: sampling was not accepted, or not needed. */
  acceptedSeconds: number | null;
  excludes: Coverage['excludes'];
  /** Connections, attempts and datagrams to others that were seen in the window, and that no rule forbids. */
  outboundSeen: number;
}

/** A target as the headline calls it. */
export function titleOf({ name, ownNetwork }: Pick<TargetReport, 'name' | 'ownNetwork'>): string {
  return ownNetwork === undefined ? name : `${name} (offline, in a network of its own)`;
}

/** The proof in one sentence: verdict, why, what could have been missed, what was not watched. */
export function writeHeadline(facts: HeadlineFacts): string {
  const { verdict, targets, durationSeconds, notWatched, warnings, acceptedSeconds } = facts;
  const what = `${targets.join(', ')} for ${durationSeconds.toFixed(0)} s`;
  const parts = [`${verdict.toUpperCase()}: ${what}: ${reasonOf(facts)}`];
  const excluded = verdict === 'pass' ? sayExcluded(facts.excludes, facts.outboundSeen) : '';
  if (excluded !== '') parts.push(`excluded: ${excluded}`);
  if (acceptedSeconds !== null) {
    parts.push(`what lived shorter than ${acceptedSeconds} s may have been missed (accepted)`);
  }
  parts.push(...notWatched.map((name) => `${name}: not watched`));
  if (warnings.length > 0)
    parts.push(`${warnings.length === 1 ? 'warning' : 'warnings'}: ${warnings.join('; ')}`);
  return parts.join(' · ');
}

function reasonOf({ verdict, results, missing }: HeadlineFacts): string {
  const counted = results.filter(({ severity }) => severity === 'error');
  const failed = counted.filter((rule) => rule.verdict === 'fail');
  if (verdict === 'fail') return unique(failed.map(({ title }) => title)).join('; ');
  const open = counted.filter((rule) => rule.verdict === 'inconclusive');
  if (open.length > 0) {
    const all = unique(open.map(({ reason }) => reason ?? 'the evidence cannot carry the claim'));
    // What is not there at all is not to be found among what was too short or too little.
    const isMissing = (reason: string): boolean => missing.some((why) => reason.includes(why));
    const reasons = [...all.filter(isMissing), ...all.filter((reason) => !isMissing(reason))];
    const rest = reasons.length - 1;
    const more = rest > 0 ? ` (and ${rest} more ${rest === 1 ? 'reason' : 'reasons'})` : '';
    return `${reasons[0]}${more}`;
  }
  const passed = counted.filter((rule) => rule.verdict === 'pass');
  if (verdict === 'inconclusive') {
    return passed.length === 0
      ? 'no rule could be applied'
      : 'a warning stands, and warnings count (--strict)';
  }
  return `${passed.length} ${passed.length === 1 ? 'rule holds' : 'rules hold'}, none is broken`;
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
