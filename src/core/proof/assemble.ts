import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { Proof, RuleResult } from '../../model/proof.ts';
import { proofTime } from '../derive/proof-time.ts';
import { holds } from '../derive/spans.ts';
import type { JudgeOptions } from '../rules/evaluate.ts';
import { windowVerdict } from '../rules/verdict.ts';
import { cautionsOf, warningsOf } from '../rules/warnings.ts';
import { isAboutActivities, type RulePack } from '../rules/pack.ts';
import { controlsIn } from '../coverage/controls.ts';
import { describeCoverage } from './coverage.ts';
import { excludedBy } from './excluded.ts';
import { whyMissing } from '../rules/doubts/collector.ts';
import { titleOf, writeHeadline } from './headline.ts';
import { roundAll } from './round.ts';
import { describeTarget } from './targets.ts';

export interface ProofParts {
  evidence: Evidence;
  /** The evidence file's chain head and number of rows. */
  head: Proof['evidence'];
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
  const notWatched = window.kind === 'measure' ? ['idleness'] : notWatchedIn(evidence, packs);
  const durationSeconds = (window.toMs - window.fromMs) / 1000;
  const time = (atMs: number): ReturnType<typeof proofTime> => proofTime(atMs, run.host.utcOffsetMinutes);
  const coverage = describeCoverage(evidence, window);
  const targets = evidence.targets.map((target) => describeTarget(evidence, target, window));
  return roundAll({
    schemaVersion: 1,
    verdict,
    headline: writeHeadline({
      verdict,
      targets: evidence.targets.map(titleOf),
      durationSeconds,
      results,
      missing: evidence.collectors.flatMap((report) => whyMissing(report) ?? []),
      notWatched,
      warnings,
      acceptedSeconds: acceptedSeconds(results),
      excludes: excludedBy(coverage.excludes, results),
      outboundSeen: evidence.activities.filter((one) => isOutbound(one) && holds(window, one.atMs)).length,
    }),
    scope: scopeOf(evidence),
    tool: { name: 'idleproof', version: run.toolVersion, node: run.nodeVersion },
    host: { ...run.host, noise: evidence.noise ?? null },
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
    warnings: [...warnings, ...cautionsOf(results), ...evidence.notes],
    coverage,
    controls: describeControls(evidence, window),
    rules: [...results],
    findings: results.flatMap(({ findings }) => findings),
    summary: summaryOf(results),
    watchdog: evidence.self,
    evidence: head,
    rulesDigest,
    rulePacks: packs.map(({ pack, sha256, given }) => ({
      pack,
      sha256,
      ...(given === undefined ? {} : { params: sorted(given) }),
    })),
    command: run.command,
  });
}

/** In the order of their names, in which they were given or not. */
function sorted(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function scopeOf({ targets }: Evidence): string {
  const scope = "the targets' own processes; what others do on their behalf is not included";
  const offline = targets.filter(({ ownNetwork }) => ownNetwork !== undefined).map(({ name }) => name);
  return offline.length === 0
    ? scope
    : `${scope}; ${offline.join(', ')} ran offline, in a network of its own`;
}

/** The window that the evidence is about: of a store of many, one is read and judged at a time. Without an idle one, that of a measurement. */
function idleWindow(evidence: Evidence): Window {
  const idle = evidence.windows.filter(({ kind }) => kind === 'idle');
  const measured = evidence.windows.filter(({ kind }) => kind === 'measure');
  const [window, ...others] = idle.length > 0 ? idle : measured;
  if (window === undefined) throw new Error('the evidence holds no idle window');
  if (others.length > 0) throw new Error('the evidence holds several idle windows, and a proof is about one');
  return window;
}

/** What the user names, and the trace: without it the same is watched by other collectors, and claims say by which. */
const NAMED_OTHERWISE: ReadonlySet<string> = new Set(['events', 'files', 'trace']);

/** What nobody looked at: sources that were not configured, and collectors that do not work here. */
function notWatchedIn(evidence: Evidence, packs: readonly RulePack[]): string[] {
  const asksFor = (activity: ActivityKind): boolean =>
    packs.some(({ rules }) => rules.some((rule) => isAboutActivities(rule) && rule.activity === activity));
  const unnamed = [
    ...without(evidence, 'events', ({ events }) => events !== null),
    ...(asksFor('file') ? without(evidence, 'files', ({ files = [] }) => files.length > 0) : []),
    ...(asksFor('log') ? without(evidence, 'logs', ({ logs = [] }) => logs.length > 0) : []),
  ];
  const unavailable = evidence.collectors
    .filter(({ status, name }) => status === 'unavailable' && !NAMED_OTHERWISE.has(name))
    .map(({ name, target }) => (target === null ? name : `${name} (${target})`));
  return [...unnamed, ...unavailable];
}

/** The targets for which the user named no such source. */
function without(
  { targets }: Evidence,
  source: string,
  isNamed: (target: Evidence['targets'][number]) => boolean,
): string[] {
  const names = targets.filter((target) => !isNamed(target)).map(({ name }) => name);
  if (names.length === 0) return [];
  return [targets.length > 1 ? `${source} (${names.join(', ')})` : source];
}

/** Set when a rule holds only because what sampling can miss was accepted; the longest life that was. */
function acceptedSeconds(results: readonly RuleResult[]): number | null {
  const accepted = results.flatMap((result) => result.acceptedSeconds ?? []);
  return accepted.length === 0 ? null : Math.max(...accepted);
}

/** A connection, an attempt at one, or a message without one. What goes over a connection is not another. */
const isOutbound = (activity: Activity): boolean =>
  activity.kind === 'network' &&
  activity.direction === 'outbound' &&
  (activity.op === 'connect' ||
    activity.op === 'attempt' ||
    (activity.op === 'send' && activity.protocol !== 'tcp'));

function summaryOf(results: readonly RuleResult[]): Proof['summary'] {
  const summary = { pass: 0, fail: 0, inconclusive: 0, notApplicable: 0, warned: 0 };
  for (const { verdict, severity } of results) {
    summary[verdict === 'fail' && severity === 'warn' ? 'warned' : verdict] += 1;
  }
  return summary;
}

function describeControls(evidence: Evidence, window: Window): Proof['controls'] {
  const { controls } = evidence;
  if (controls === undefined || controls.planted.length + controls.failures.length === 0) return [];
  return (controlsIn(evidence, window) ?? []).map(({ name, planted, caughtBy }) => ({
    name,
    planted,
    caught: caughtBy.length > 0,
    by: caughtBy,
  }));
}
