import type { FindingSeen, RuleOutcome, WindowVerdict } from '../../model/window-verdict.ts';
import { regressionKey, subjectKey } from './regression-key.ts';
import type { Sighting, Track } from './track.ts';

/** An app can call ever new addresses: so many subjects of a rule are told one by one, the others as one. */
const MAX_SUBJECTS = 5;

/** A rule lists no more findings than this: what is missing then may be there all the same. */
const MOST_LISTED = 100;

const HOUR_MS = 3_600_000;

/** Every finding of a window, and everything that is remembered of earlier ones, each with whether it is there now. */
export function findingSightings(
  window: WindowVerdict,
  tracks: Readonly<Record<string, Track>>,
  accepted: ReadonlySet<string>,
): Sighting[] {
  const judged = window.rules.flatMap((rule) => sightingsOf(rule, window, tracks, accepted));
  const keys = new Set(judged.map(({ key }) => key));
  const rest = Object.entries(tracks).flatMap(([key, track]): Sighting[] =>
    track.ruleId === null || keys.has(key)
      ? []
      : [missing(key, track, accepted.has(key) ? 'unjudged' : presenceIn(window, track))],
  );
  return [...judged, ...rest];
}

/** Keys of the findings that a baseline has: they are known, and no regressions. */
export function findingKeys(windows: readonly WindowVerdict[]): Set<string> {
  return new Set(
    windows.flatMap(({ rules }) =>
      rules.flatMap((rule) => brokenBy(rule).map((finding) => keyOf(rule, finding))),
    ),
  );
}

/** A rule that is broken without a finding is one itself. */
const brokenBy = ({ verdict, findings }: RuleOutcome): readonly FindingSeen[] =>
  verdict !== 'fail' ? [] : findings.length > 0 ? findings : [{ subject: {} }];

const keyOf = ({ id, target }: RuleOutcome, { subject }: FindingSeen): string =>
  regressionKey('finding', id, target, subjectKey(subject));

const othersKey = ({ id, target }: Pick<RuleOutcome, 'id' | 'target'>): string =>
  regressionKey('findings', id, target);

function sightingsOf(
  rule: RuleOutcome,
  window: WindowVerdict,
  tracks: Readonly<Record<string, Track>>,
  accepted: ReadonlySet<string>,
): Sighting[] {
  const bySubject = new Map<string, FindingSeen[]>();
  for (const finding of brokenBy(rule)) {
    const key = keyOf(rule, finding);
    if (!accepted.has(key)) bySubject.set(key, [...(bySubject.get(key) ?? []), finding]);
  }
  const known = Object.entries(tracks).filter(
    ([key, { ruleId, target }]) => ruleId === rule.id && target === rule.target && key !== othersKey(rule),
  );
  let free = MAX_SUBJECTS - known.length;
  const own: Sighting[] = [];
  const others: FindingSeen[] = [];
  for (const [key, findings] of bySubject) {
    if (tracks[key] !== undefined || free-- > 0) own.push(sighting(rule, window, key, findings));
    else others.push(...findings);
  }
  return others.length === 0 ? own : [...own, together(rule, others)];
}

function sighting(
  rule: RuleOutcome,
  window: WindowVerdict,
  key: string,
  findings: readonly FindingSeen[],
): Sighting {
  const periods = findings.flatMap(({ period }) => (period === undefined ? [] : [period]));
  const texts = findings.map((finding) => finding.text ?? describe(finding));
  return {
    ...frame(rule, key),
    ...ratePerHour(rule, findings, window),
    periodMs: Math.max(0, ...periods) * 1000,
    title: `${rule.id}: ${rule.target}`,
    text: texts.join('\n'),
  };
}

function together(rule: RuleOutcome, others: readonly FindingSeen[]): Sighting {
  const shown = others.slice(0, MAX_SUBJECTS).map((finding) => finding.text ?? describe(finding));
  return {
    ...frame(rule, othersKey(rule)),
    least: others.length,
    most: others.length,
    title: `${rule.id}: ${rule.target}, ${others.length} more`,
    text: shown.join('\n'),
  };
}

const frame = (rule: RuleOutcome, key: string) => ({
  key,
  severity: rule.severity,
  target: rule.target,
  ruleId: rule.id,
  presence: 'present' as const,
  strikesNeeded: 1,
  periodMs: 0,
  sinceMs: null,
  reference: null,
});

/**
 * How bad it is: the measured value, or how often an hour, with what chance allows (two standard deviations of a count, and
 * a few more for small ones); nothing where neither is known.
 */
export function ratePerHour(
  { measuredValue }: RuleOutcome,
  findings: readonly FindingSeen[],
  { fromMs, toMs }: WindowVerdict,
): { least: number; most: number } {
  if (measuredValue !== undefined && measuredValue > 0) return { least: measuredValue, most: measuredValue };
  const count = findings.reduce((sum, finding) => sum + (finding.count ?? 0), 0);
  const hours = (toMs - fromMs) / HOUR_MS;
  if (count === 0 || hours <= 0) return { least: 0, most: 0 };
  const chance = 2 * Math.sqrt(count) + 3;
  return { least: Math.max(0, count - chance) / hours, most: (count + chance) / hours };
}

function missing(key: string, track: Track, presence: Sighting['presence']): Sighting {
  return {
    ...track,
    key,
    presence,
    least: 0,
    most: 0,
    strikesNeeded: 1,
    sinceMs: null,
    text:
      presence === 'unjudged'
        ? 'It is no longer looked for: no rule asks for it, or the baseline has it.'
        : 'It was not seen again.',
  };
}

/** Only a rule that passed, or a window that every collector saw whole, says that something was not there. */
export function presenceIn(
  { rules, isCovered }: WindowVerdict,
  { ruleId, target }: Pick<Track, 'ruleId' | 'target'>,
): Sighting['presence'] {
  const asked = rules.filter(
    ({ id, target: of, verdict }) => id === ruleId && of === target && verdict !== 'notApplicable',
  );
  if (asked.length === 0) return 'unjudged';
  if (asked.every(({ verdict }) => verdict === 'pass')) return 'absent';
  const isUnknown = asked.some(
    ({ verdict, findings }) => verdict === 'inconclusive' || findings.length >= MOST_LISTED,
  );
  return !isUnknown && isCovered === true ? 'absent' : 'unknown';
}

const describe = ({ subject }: FindingSeen): string =>
  Object.entries(subject)
    .map(([field, value]) => `${field} ${value}`)
    .join(', ');
