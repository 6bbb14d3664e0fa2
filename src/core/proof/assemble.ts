import type { Evidence, Window } from '../../model/evidence.ts';
import type { Proof, RuleResult } from '../../model/proof.ts';
import { proofTime } from '../derive/proof-time.ts';
import type { JudgeOptions } from '../rules/evaluate.ts';
import { windowVerdict } from '../rules/verdict.ts';
import { warningsOf } from '../rules/warnings.ts';
import type { RulePack } from '../rules/schema.ts';
import { describeCoverage } from './coverage.ts';
import { writeHeadline } from './headline.ts';
import { roundAll } from './round.ts';
import { describeTarget } from './targets.ts';

export interface ProofParts {
  evidence: Evidence;
  /** The evidence file's chain head and number of rows. */
  head: { chainHead: string; rows: number };
  packs: readonly RulePack[];
  /** SHA-256 over the digests of the rule files. */
  rulesDigest: string;
  options: JudgeOptions;
  results: readonly RuleResult[];
}

/** Puts the proof of a run's idle window together; pure, so that anybody can do it again from the same evidence. */
export function assembleProof(parts: ProofParts): Proof {
  const { evidence, head, packs, rulesDigest, options, results } = parts;
  const { run } = evidence;
  const window = idleWindow(evidence);
  const warnings = warningsOf(evidence, packs, results);
  const verdict = windowVerdict(results, { strict: options.strict, warnings });
  const notWatched = notWatchedIn(evidence);
  const durationSeconds = (window.toMs - window.fromMs) / 1000;
  const time = (atMs: number): ReturnType<typeof proofTime> => proofTime(atMs, run.host.utcOffsetMinutes);
  const targets = evidence.targets.map((target) => describeTarget(evidence, target, window));
  return roundAll({
    schemaVersion: 1,
    verdict,
    headline: writeHeadline({
      verdict,
      targets: targets.map(({ name }) => name),
      durationSeconds,
      results,
      notWatched,
      warnings,
      acceptedSeconds: acceptedSeconds(results),
    }),
    scope: "the targets' own processes; what others do on their behalf is not included",
    tool: { name: 'idleproof', version: run.toolVersion, node: run.nodeVersion },
    host: run.host,
    window: {
      id: window.id,
      trigger: window.trigger,
      opened: time(window.fromMs),
      closed: time(window.toMs),
      durationSeconds,
      settleSeconds: window.settleMs / 1000,
      closedBy: window.closedBy,
    },
    targets,
    notWatched,
    warnings: [...warnings, ...evidence.notes],
    coverage: describeCoverage(evidence, window),
    controls: [],
    rules: [...results],
    findings: results.flatMap(({ findings }) => findings),
    summary: summaryOf(results),
    watchdog: evidence.self,
    evidence: head,
    rulesDigest,
    command: run.command,
  });
}

/** The window that a run is about. */
function idleWindow(evidence: Evidence): Window {
  const window = evidence.windows.find(({ kind }) => kind === 'idle');
  if (window === undefined) throw new Error('the evidence holds no idle window');
  return window;
}

/** What nobody looked at: sources that were not configured, and collectors that do not work here. */
function notWatchedIn(evidence: Evidence): string[] {
  const without = evidence.targets.filter(({ events }) => events === null).map(({ name }) => name);
  const several = without.length < evidence.targets.length || evidence.targets.length > 1;
  const events = without.length === 0 ? [] : [several ? `events (${without.join(', ')})` : 'events'];
  const unavailable = evidence.collectors
    .filter(({ status, name }) => status === 'unavailable' && name !== 'events')
    .map(({ name, target }) => (target === null ? name : `${name} (${target})`));
  return [...events, ...unavailable];
}

/** Set when a rule holds only because what sampling can miss was accepted; the longest life that was. */
function acceptedSeconds(results: readonly RuleResult[]): number | null {
  const accepted = results.flatMap((result) => result.acceptedSeconds ?? []);
  return accepted.length === 0 ? null : Math.max(...accepted);
}

function summaryOf(results: readonly RuleResult[]): Proof['summary'] {
  const summary = { pass: 0, fail: 0, inconclusive: 0, notApplicable: 0, warned: 0 };
  for (const { verdict, severity } of results) {
    summary[verdict === 'fail' && severity === 'warn' ? 'warned' : verdict] += 1;
  }
  return summary;
}
