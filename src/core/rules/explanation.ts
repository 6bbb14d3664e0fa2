import type { Availability, CollectorName } from '../../model/collector.ts';
import type { Severity } from '../../model/verdict.ts';
import { clausesOf } from './clauses.ts';
import { kindReference } from './kind-reference.ts';
import { type Need, needsOf } from './needs.ts';
import type { Rule, RulePack } from './pack.ts';

/** What a collector says of itself here. */
interface Surveyed extends Availability {
  name: CollectorName;
  /** null: the same for every target. */
  target: string | null;
}

/** A rule in words, and what it can rest on here. */
export interface Explanation {
  id: string;
  pack: string;
  file: string;
  kind: string;
  severity: Severity;
  title: string;
  failureTitle: string | null;
  why: string | null;
  /** What a rule of its kind claims. */
  claim: string;
  /** What it says of that claim, a clause each. */
  clauses: string[];
  evidence: (Need & { here: Surveyed[] })[];
}

/** @param surveyed what the collectors can see here; see `doctor` */
export function explanationOf(rule: Rule, pack: RulePack, surveyed: readonly Surveyed[]): Explanation {
  const { id, kind, severity, title = id, failureTitle = null, why = null } = rule;
  const claim = kindReference().find((one) => one.kind === kind)?.about ?? '';
  const ofTarget = surveyed.filter(
    (one) => one.target === null || rule.target === undefined || one.target === rule.target,
  );
  return {
    id,
    pack: pack.pack,
    file: pack.file,
    kind,
    severity,
    title,
    failureTitle,
    why,
    claim,
    clauses: clausesOf(rule, pack),
    evidence: needsOf(rule, pack).map((need) => ({
      ...need,
      here: need.collectors.flatMap((name) => ofTarget.filter((one) => one.name === name)),
    })),
  };
}
