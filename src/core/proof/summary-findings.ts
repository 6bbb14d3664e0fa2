import type { SummaryFinding } from '../../model/proof-summary.ts';
import type { ProofDigest } from './digest.ts';

/** An app that calls another address each time has as many subjects. */
const MAX_FINDINGS = 500;

/** Findings of one rule about one subject together; the most frequent first. `digests` are in order of time. */
export function joinFindings(digests: readonly ProofDigest[]): {
  findings: SummaryFinding[];
  leftOut: number;
} {
  const groups = new Map<string, SummaryFinding>();
  for (const digest of digests) {
    const inThisWindow = new Set<string>();
    for (const { ruleId, target, severity, subject, text, count, firstAt, lastAt } of digest.findings) {
      const key = JSON.stringify([ruleId, target, Object.entries(subject).sort(([a], [b]) => compare(a, b))]);
      const group = groups.get(key);
      const isNew = !inThisWindow.has(key);
      inThisWindow.add(key);
      if (group === undefined) {
        groups.set(key, { ruleId, target, severity, subject, text, windows: 1, count, firstAt, lastAt });
        continue;
      }
      group.windows += isNew ? 1 : 0;
      group.count += count;
      group.text = text;
      if (severity === 'error') group.severity = severity;
      if (firstAt.utc < group.firstAt.utc) group.firstAt = firstAt;
      if (lastAt.utc > group.lastAt.utc) group.lastAt = lastAt;
    }
  }
  const findings = [...groups.entries()]
    .sort(([a, one], [b, other]) => rank(one) - rank(other) || other.windows - one.windows || compare(a, b))
    .map(([, finding]) => finding);
  return { findings: findings.slice(0, MAX_FINDINGS), leftOut: Math.max(0, findings.length - MAX_FINDINGS) };
}

const rank = ({ severity }: SummaryFinding): number => (severity === 'error' ? 0 : 1);
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
