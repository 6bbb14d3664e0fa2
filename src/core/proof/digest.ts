import { z } from 'zod';
import type { FieldValue } from '../../model/activity.ts';
import type { ProofTime } from '../../model/proof.ts';
import type { Severity, Verdict } from '../../model/verdict.ts';
import { parseUnambiguous } from '../parse/repeated-key.ts';

const MAX_TEXT = 300;

/** A finding as summaries need it. */
interface FindingDigest {
  ruleId: string;
  target: string;
  severity: Severity;
  subject: Record<string, FieldValue>;
  text: string;
  count: number;
  firstAt: ProofTime;
  lastAt: ProofTime;
}

/** What summaries need of a proof: thousands of them fit in memory. */
export interface ProofDigest {
  /** Where the proof lies, below the folder that was read. */
  path: string;
  host: string;
  utcOffsetMinutes: number;
  windowId: string;
  opened: ProofTime;
  openedMs: number;
  closedMs: number;
  verdict: Verdict;
  coverageShare: number;
  excludedPeriod: { max: number; confidence: number } | null;
  /** By name; null: not known. */
  targets: { name: string; metrics: Record<string, { mean: number; atLeast: boolean } | null> }[];
  findings: FindingDigest[];
  notWatched: string[];
  evidenceRows: number;
}

const time = z.object({ utc: z.iso.datetime(), local: z.string().regex(/^\d{4}-\d\d-\d\dT/) });
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The part of a proof that is read; a newer version may have more in it. */
const readSchema = z.object({
  schemaVersion: z.literal(1),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  host: z.object({ name: z.string(), utcOffsetMinutes: z.number() }),
  window: z.object({ id: z.string(), opened: time, closed: time }),
  targets: z.array(
    z.object({
      name: z.string(),
      metrics: z.record(z.string(), z.object({ mean: z.number(), atLeast: z.boolean() }).nullable()),
    }),
  ),
  notWatched: z.array(z.string()),
  coverage: z.object({
    share: z.number(),
    excludes: z.object({ periodSeconds: z.object({ max: z.number(), confidence: z.number() }).nullable() }),
  }),
  rules: z.array(
    z.object({
      id: z.string(),
      target: z.string(),
      severity: z.enum(['error', 'warn']),
      findings: z.array(
        z.object({
          subject: z.record(z.string(), value),
          text: z.string(),
          count: z.number(),
          firstAt: time.nullable(),
          lastAt: time.nullable(),
        }),
      ),
    }),
  ),
  evidence: z.object({ rows: z.number() }),
});

/** Reads a proof's JSON text. What is not a proof of a known version is a problem, in words. */
export function digestProof(path: string, text: string): ProofDigest | { problem: string } {
  let json: unknown;
  try {
    json = parseUnambiguous(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) return { problem: (error as Error).message };
    return { problem: text.trim() === '' ? 'the file is empty' : 'it is not whole JSON' };
  }
  const parsed = readSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `it is not a proof of this version (${issue?.path.join('.') || 'the whole'})` };
  }
  const proof = parsed.data;
  const { opened, closed, id } = proof.window;
  const openedMs = Date.parse(opened.utc);
  const closedMs = Date.parse(closed.utc);
  if (closedMs < openedMs) return { problem: 'its window closed before it opened' };
  return {
    path,
    host: proof.host.name,
    utcOffsetMinutes: proof.host.utcOffsetMinutes,
    windowId: id,
    opened,
    openedMs,
    closedMs,
    verdict: proof.verdict,
    coverageShare: proof.coverage.share,
    excludedPeriod: proof.coverage.excludes.periodSeconds,
    targets: proof.targets,
    findings: proof.rules.flatMap(({ id: ruleId, target, severity, findings }) =>
      findings.map((finding) => ({
        ruleId,
        target,
        severity,
        subject: finding.subject,
        text: finding.text.slice(0, MAX_TEXT),
        count: finding.count,
        // A finding about a metric has no times of its own: it is one of the whole window.
        firstAt: finding.firstAt ?? opened,
        lastAt: finding.lastAt ?? closed,
      })),
    ),
    notWatched: proof.notWatched,
    evidenceRows: proof.evidence.rows,
  };
}
