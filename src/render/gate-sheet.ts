import type { Proof, RuleResult } from '../model/proof.ts';
import type { RuleVerdict } from '../model/verdict.ts';

/** How the teams that keep gate sheets call a verdict. */
export type GateStatus = 'PASS' | 'FAIL' | 'WARN' | 'PARTIAL' | 'TBD';

export interface GateRow {
  gate: string;
  target: string;
  measured: string;
  expected: string;
  status: GateStatus;
  reason: string | null;
}

const STATUS: Readonly<Record<RuleVerdict, GateStatus>> = {
  pass: 'PASS',
  fail: 'FAIL',
  inconclusive: 'PARTIAL',
  notApplicable: 'TBD',
};

/** The rows of the gate sheet, in the order of the rules. */
export const gateRows = (proof: Proof): GateRow[] => proof.rules.map(gateRow);

function gateRow(rule: RuleResult): GateRow {
  const { title, target, measured, expected, verdict, severity, reason } = rule;
  const status = verdict === 'fail' && severity === 'warn' ? 'WARN' : STATUS[verdict];
  return { gate: title, target, measured, expected, status, reason };
}

/** A reason, and the rules that it holds back for a target. */
export interface SharedReason {
  rules: string[];
  target: string;
  reason: string;
}

/** Why rules have one of these verdicts without a finding that says it; rules with the same reason come together. */
export function reasonsFor(proof: Proof, ...verdicts: RuleVerdict[]): SharedReason[] {
  const shared = new Map<string, SharedReason>();
  for (const { id, target, reason, verdict, findings } of proof.rules) {
    if (reason === null || findings.length > 0 || !verdicts.includes(verdict)) continue;
    const key = JSON.stringify([target, reason]);
    const entry = shared.get(key) ?? { rules: [], target, reason };
    entry.rules.push(id);
    shared.set(key, entry);
  }
  return [...shared.values()];
}
