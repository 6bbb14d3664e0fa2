import type { Condition } from '../conditions/condition.ts';
import { numbersAround } from '../conditions/contradictions.ts';
import { timeOf } from '../conditions/order-test.ts';
import type { Branch } from '../match.ts';
import { probeOf } from './probe-values.ts';

const DAY_MS = 86_400_000;
const LONGEST_STRETCH_MS = 366 * DAY_MS;
/** What is excused from some time on is so for good. */
const FAR_MS = 10 * LONGEST_STRETCH_MS;

const ofTime = ({ field }: Condition): boolean => field.name === 'at';

/** In order, the times that stand for all at which a rule looks: those around the limits of what exceptions say of it. */
export function momentsIn(asked: Branch, allowed: readonly Branch[]): number[] {
  const own = asked.filter(ofTime);
  const limits = [...own, ...allowed.flat().filter(ofTime)].flatMap(({ values }) => values.map(timeOf));
  const around = numbersAround({ range: null }, limits);
  const [least, most] = [Math.min(...around), Math.max(...around)];
  const all = around.length === 0 ? [0] : [least - FAR_MS, ...around, most + FAR_MS];
  return all.filter((atMs) => own.every(probeOf(atMs))).sort((a, b) => a - b);
}

/** Whether nothing is left at any time, or for years. */
export function isGoneForGood(moments: readonly { atMs: number; isLeft: boolean }[]): boolean {
  let sinceMs: number | null = null;
  for (const { atMs, isLeft: is } of moments) {
    sinceMs = is ? null : (sinceMs ?? atMs);
    if (sinceMs !== null && atMs - sinceMs > LONGEST_STRETCH_MS) return true;
  }
  return moments.length > 0 && !moments.some((one) => one.isLeft);
}
