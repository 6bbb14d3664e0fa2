import type { Proof } from '../../model/proof.ts';
import type {
  ComparedChange,
  ComparedItem,
  ComparedProof,
  ProofComparison,
} from '../../model/proof-comparison.ts';
import { spell } from '../wording/amounts.ts';
import { compareFindings } from './proof-findings.ts';
import { compareMetrics } from './proof-metrics.ts';
import { compareRules } from './proof-rules.ts';
import { lossesOfSight } from './proof-strength.ts';

const ORDER: readonly ComparedChange[] = ['new', 'worse', 'weaker', 'unknown', 'better', 'stronger', 'gone'];

/** What became worse, better, new or gone from one proof to another, worst first. */
export function compareProofs(before: Proof, after: Proof): ProofComparison {
  const sight = compareSight(before, after);
  const isSeenAsWell = sight.every(({ change }) => change !== 'weaker');
  const items = [
    ...sight,
    ...[
      ...compareRules(before, after),
      ...compareFindings(before, after),
      ...compareMetrics(before, after),
    ].map((item) => (isSeenAsWell ? item : withoutImprovement(item))),
  ].sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change));
  return {
    schemaVersion: 1,
    headline: headlineOf(before, after, items),
    before: describe(before),
    after: describe(after),
    notes: notesOn(before, after),
    items,
  };
}

/** What each of them could have shown, and the other could not. */
function compareSight(before: Proof, after: Proof): ComparedItem[] {
  const weaker = lossesOfSight(before, after).map((loss) => ({ change: 'weaker' as const, ...loss }));
  const stronger = lossesOfSight(after, before).map((loss) => ({
    ...loss,
    change: 'stronger' as const,
    before: loss.after,
    after: loss.before,
  }));
  return [...weaker, ...stronger].map((one) => ({ kind: 'sight', target: null, ...one }));
}

/** Who looks less finds less: that is no improvement of what is looked at. */
const withoutImprovement = (item: ComparedItem): ComparedItem =>
  item.change === 'better' || item.change === 'gone' ? { ...item, change: 'unknown' } : item;

function headlineOf(before: Proof, after: Proof, items: readonly ComparedItem[]): string {
  const verdicts = `${before.verdict.toUpperCase()} → ${after.verdict.toUpperCase()}`;
  const counts = ORDER.flatMap((change) => {
    const count = items.filter((item) => item.change === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  // What a failure found, it proves all the same.
  const isWeaker = after.verdict !== 'fail' && items.some(({ change }) => change === 'weaker');
  const nothing = before.verdict === after.verdict ? 'nothing changed' : 'nothing else changed';
  return `${verdicts}${isWeaker ? ', which proves less' : ''}: ${counts.length === 0 ? nothing : counts.join(', ')}`;
}

const describe = ({ verdict, headline, window, tool }: Proof): ComparedProof => ({
  verdict,
  headline,
  windowId: window.id,
  opened: window.opened,
  durationSeconds: window.durationSeconds,
  toolVersion: tool.version,
});

const names = (proof: Proof): string =>
  proof.targets
    .map(({ name }) => name)
    .sort()
    .join(', ');

const digests = (proof: Proof): string =>
  proof.targets
    .flatMap(({ executables = [] }) => executables.map(({ path, sha256 }) => `${path} ${sha256}`))
    .sort()
    .join('\n');

/** A window of less than half the length sees less, and what a rule asks decides what is found. */
const COMPARABLE_SHARE = 0.5;

function notesOn(before: Proof, after: Proof): string[] {
  const [one, other] = [before.window.durationSeconds, after.window.durationSeconds];
  return [
    ...(before.rulesDigest === after.rulesDigest ? [] : ['they were judged by different rules']),
    ...(before.tool.version === after.tool.version ? [] : ['they are of different versions of idleproof']),
    ...(before.host.name === after.host.name ? [] : ['they were made on different hosts']),
    ...(names(before) === names(after)
      ? []
      : [`they are of different targets: ${names(before)}, and then ${names(after)}`]),
    ...(digests(before) === digests(after) ? [] : ['the targets ran other program files']),
    ...(Math.min(one, other) >= COMPARABLE_SHARE * Math.max(one, other)
      ? []
      : [`one window was much shorter: ${spell(one * 1000)}, and then ${spell(other * 1000)}`]),
  ];
}
