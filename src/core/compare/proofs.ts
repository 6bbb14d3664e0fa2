import type { Proof } from '../../model/proof.ts';
import type {
  ComparedChange,
  ComparedItem,
  ComparedProof,
  ProofComparison,
} from '../../model/proof-comparison.ts';
import { spell } from '../rules/wording.ts';
import { compareFindings } from './proof-findings.ts';
import { compareMetrics } from './proof-metrics.ts';
import { compareRules } from './proof-rules.ts';

const ORDER: readonly ComparedChange[] = ['new', 'worse', 'unknown', 'better', 'gone'];

/** What became worse, better, new or gone from one proof to another, worst first. */
export function compareProofs(before: Proof, after: Proof): ProofComparison {
  const items = [
    ...compareRules(before, after),
    ...compareFindings(before, after),
    ...compareMetrics(before, after),
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

function headlineOf(before: Proof, after: Proof, items: readonly ComparedItem[]): string {
  const verdicts = `${before.verdict.toUpperCase()} → ${after.verdict.toUpperCase()}`;
  const counts = ORDER.flatMap((change) => {
    const count = items.filter((item) => item.change === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  return `${verdicts}: ${counts.length === 0 ? 'nothing changed' : counts.join(', ')}`;
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
