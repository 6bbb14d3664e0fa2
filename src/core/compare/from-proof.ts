import type { Proof, ProofTarget, RuleResult } from '../../model/proof.ts';
import type { TimeSpan } from '../../model/time.ts';
import type { MetricSummary, RuleOutcome, WindowVerdict } from '../../model/window-verdict.ts';

const COVERED_SHARE = 0.95;

/** What later windows are compared with, of one proof. @param span the window's, in epoch milliseconds */
export function windowVerdictOf(proof: Proof, span: TimeSpan): WindowVerdict {
  return {
    windowId: proof.window.id,
    fromMs: span.fromMs,
    toMs: span.toMs,
    verdict: proof.verdict,
    rules: proof.rules.map(outcomeOf),
    metrics: Object.fromEntries(proof.targets.map((target) => [target.name, metricsOf(target)])),
    isCovered:
      proof.coverage.share >= COVERED_SHARE &&
      proof.coverage.collectors.every(({ status, lost }) => status === 'ok' && lost === 0),
  };
}

function outcomeOf({ id, target, verdict, severity, findings }: RuleResult): RuleOutcome {
  return {
    id,
    target,
    verdict,
    severity,
    findings: findings.map(({ subject, count, period, text }) => ({
      subject,
      count,
      text,
      ...(period === null ? {} : { period: period.seconds }),
    })),
  };
}

function metricsOf({ metrics }: ProofTarget): Record<string, MetricSummary> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, summary]) => {
      if (summary === null) return [];
      const { mean, p95, max, atLeast } = summary;
      return [[name, { mean, p95, max, ...(atLeast ? { atLeast } : {}) }]];
    }),
  );
}
