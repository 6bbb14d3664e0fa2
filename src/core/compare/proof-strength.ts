import type { CollectorReport } from '../../model/evidence.ts';
import type { Proof } from '../../model/proof.ts';
import type { ComparedItem } from '../../model/proof-comparison.ts';
import { missesMore } from '../coverage/tiers.ts';
import { spell } from '../wording/amounts.ts';

/** What one proof shows less of than another, as each of them says it. */
export type Loss = Pick<ComparedItem, 'name' | 'before' | 'after'> & Partial<Pick<ComparedItem, 'target'>>;

/** Windows of one length differ a little, and so does what they exclude. */
const NEARLY = 0.9;
const NEARLY_SHARE = 0.01;

/** In what the later proof shows less than the earlier one, whatever its rules say: how long, how completely and by what it looked. */
export function lossesOfSight(before: Proof, after: Proof): Loss[] {
  return [
    ...windowLoss(before, after),
    ...coverageLoss(before, after),
    ...periodLoss(before, after),
    ...lifetimeLoss(before, after),
    ...collectorLosses(before, after),
    ...controlLosses(before, after),
    ...added('not watched', before.notWatched, after.notWatched),
    ...added('warning', before.warnings, after.warnings),
  ];
}

function windowLoss({ window: before }: Proof, { window: after }: Proof): Loss[] {
  if (after.durationSeconds >= NEARLY * before.durationSeconds) return [];
  return [{ name: 'window', before: seconds(before.durationSeconds), after: seconds(after.durationSeconds) }];
}

function coverageLoss({ coverage: before }: Proof, { coverage: after }: Proof): Loss[] {
  if (after.share >= before.share - NEARLY_SHARE) return [];
  return [{ name: 'coverage', before: percent(before.share), after: percent(after.share) }];
}

function periodLoss(before: Proof, after: Proof): Loss[] {
  const [old, now] = [mostExcluded(before), mostExcluded(after)];
  if (now >= NEARLY * old) return [];
  return [{ name: 'periods excluded', before: sayMost(old), after: sayMost(now) }];
}

/** Seconds; 0: no period. */
const mostExcluded = ({ coverage }: Proof): number => coverage.excludes.periodSeconds?.max ?? 0;

const sayMost = (max: number): string => (max === 0 ? 'none' : `up to ${seconds(max)}`);

function lifetimeLoss(before: Proof, after: Proof): Loss[] {
  const [old, now] = [shortestSeen(before), shortestSeen(after)];
  if (now * NEARLY <= old) return [];
  return [{ name: 'connections excluded', before: sayLeast(old), after: sayLeast(now) }];
}

/** Seconds; Infinity: none. */
const shortestSeen = ({ coverage }: Proof): number =>
  coverage.excludes.connectionLifetimeSeconds?.min ?? Number.POSITIVE_INFINITY;

function sayLeast(min: number): string {
  if (min === 0) return 'all';
  return Number.isFinite(min) ? `those that last ${seconds(min)}` : 'none';
}

const STATUSES = ['unavailable', 'partial', 'ok'];

function collectorLosses(before: Proof, after: Proof): Loss[] {
  const now = new Map(after.coverage.collectors.map((one) => [collectorKey(one), one]));
  return before.coverage.collectors.flatMap((old) => {
    const later = now.get(collectorKey(old)) ?? null;
    if (old.status === 'unavailable' || (later !== null && !seesLess(old, later))) return [];
    const { name, target } = old;
    return [{ name: `collector ${name}`, target, before: sayCollector(old), after: sayCollector(later) }];
  });
}

/** Each target has an events table, and folders, of its own. */
const collectorKey = ({ name, target }: CollectorReport): string => JSON.stringify([name, target]);

const seesLess = (old: CollectorReport, now: CollectorReport): boolean =>
  STATUSES.indexOf(now.status) < STATUSES.indexOf(old.status) ||
  missesMore(now.tier, old.tier) ||
  (old.lost === 0 && now.lost > 0);

function sayCollector(one: CollectorReport | null): string {
  if (one === null) return 'not there';
  const lost = one.lost > 0 ? `, ${one.lost} records lost` : '';
  return `${one.status}, ${one.tier}${lost}${one.reason === null ? '' : ` (${one.reason})`}`;
}

function controlLosses(before: Proof, after: Proof): Loss[] {
  const now = new Map(after.controls.map((one) => [one.name, one.caught]));
  return before.controls.flatMap(({ name, caught }) => {
    const later = now.get(name);
    if (!caught || later === true) return [];
    return [
      { name: `control ${name}`, before: 'caught', after: later === undefined ? 'not planted' : 'missed' },
    ];
  });
}

/** What stands in the later one alone. */
function added(name: string, before: readonly string[], after: readonly string[]): Loss[] {
  const known = new Set(before.map(withoutNumbers));
  return after
    .filter((text) => !known.has(withoutNumbers(text)))
    .map((text) => ({ name, before: null, after: text }));
}

/** Process ids and counts change from run to run. */
const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, '0');

const seconds = (value: number): string => spell(value * 1000);
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
