import type { GateResult, MemoryStates } from '../../../model/gate-sheet.ts';
import { compare, type Expectation } from '../../rules/expectation.ts';
import { quantity, spell } from '../../wording/amounts.ts';
import { BYTES } from '../../../model/dimension.ts';

/** An app that grew by less while it was used has loaded nothing that could be given back. */
const LEAST_GROWTH_BYTES = 10e6;
/** So much of what it grew by may stay: caches, code that was compiled. */
const MAY_STAY = 0.1;

type Limit = { text: string; expectation: Expectation } | null;

/** Whether the memory is where it should be. Null: that cannot be told, because it was not read, or did not grow. */
export function isUnloaded(states: MemoryStates, limit: Limit): boolean | null {
  const { beforeBytes, inUseBytes, afterBytes } = states;
  if (afterBytes === null || whyOpen(states) !== null) return null;
  if (limit !== null) return compare(afterBytes, limit.expectation, false) === 'kept';
  const grown = (inUseBytes ?? 0) - (beforeBytes ?? 0);
  return afterBytes - (beforeBytes ?? 0) <= MAY_STAY * grown;
}

/** The row of a gate that waits for memory to be given back. */
export function judgeUnload(
  states: MemoryStates,
  limit: Limit,
  waitedMs: number,
): Omit<GateResult, 'gate' | 'target'> {
  const { beforeBytes, inUseBytes, afterBytes } = states;
  const measured = `${said(beforeBytes)} before, ${said(inUseBytes)} in use, ${said(afterBytes)} after ${spell(waitedMs)}`;
  const expected =
    limit === null ? `memory is given back (${MAY_STAY * 100} % may stay)` : `memory ${limit.text}`;
  const unloaded = isUnloaded(states, limit);
  if (unloaded === true) return { expected, measured, verdict: 'pass', reason: null };
  if (unloaded === false)
    return { expected, measured, verdict: 'fail', reason: `it still holds ${said(afterBytes)}` };
  const reason = whyOpen(states) ?? 'its memory could not be read at the end';
  return { expected, measured, verdict: 'inconclusive', reason };
}

function whyOpen({ beforeBytes, inUseBytes }: MemoryStates): string | null {
  if (beforeBytes === null || inUseBytes === null)
    return 'its memory before it was used, or while it was, is not known';
  return inUseBytes - beforeBytes < LEAST_GROWTH_BYTES
    ? `it grew by less than ${quantity(LEAST_GROWTH_BYTES, BYTES)} while it was used: nothing was seen to be loaded`
    : null;
}

const said = (bytes: number | null): string => (bytes === null ? 'unknown' : quantity(bytes, BYTES));
