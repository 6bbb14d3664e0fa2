import type { TestContext } from 'vitest';
import { GAP_TICKS } from '../../src/core/derive/timeline.ts';
import type { Proof, RuleResult } from '../../src/model/proof.ts';
import type { TimeSpan } from '../../src/model/time.ts';
import { type Lateness, mostLateMs } from './host-lateness.ts';

/** What rules say where too little was looked at; see src/core/rules/doubts/window.ts. */
const SELDOM = / of the window was looked at|nothing was looked at for .* at a stretch/;

/** What they say where a reading of the portable collectors came late; see src/collectors/portable/reader.ts. */
const SLOW = /longer than the tick|lists of connections were/;

/**
 * A look is a gap when it comes one and a half ticks late. Whatever keeps it from coming keeps others too, if not as long: within
 * the ticks of such a gap they must have waited for half of one. On a calm host they wait for some hundredths.
 */
const LEAST_TICKS = 0.5;

/** A time in which something looks every so often. */
export interface LookedAt extends TimeSpan {
  tickMs: number;
}

/** Of the window of a proof. */
export const windowOf = ({ window, coverage }: Proof): LookedAt => ({
  fromMs: Date.parse(window.opened.utc),
  toMs: Date.parse(window.closed.utc),
  tickMs: (1000 * window.durationSeconds) / Math.max(1, coverage.ticks.expected),
});

/** Of the window of a rule: a stop comes after the idle window. */
function windowOfRule(proof: Proof, { window }: RuleResult): LookedAt {
  const idle = windowOf(proof);
  return window === 'stop' ? { ...idle, fromMs: idle.toMs, toMs: Date.now() } : idle;
}

/**
 * Goes on where enough of the windows was looked at. Where a proof says that it was not, and so cannot say more, the test is skipped
 * if the host was late then, as a clock apart from the product tells; if it was not, the product has lost looks, and the test fails.
 */
export const expectLookedAt = (test: Pick<TestContext, 'skip'>, ...proofs: readonly Proof[]): void =>
  expectUnsaid(SELDOM, 'late', test, proofs);

/** The same of readings of the portable collectors, which wait for programs that these start. */
export const expectReadInTime = (test: Pick<TestContext, 'skip'>, ...proofs: readonly Proof[]): void =>
  expectUnsaid(SLOW, 'contended', test, proofs);

function expectUnsaid(
  words: RegExp,
  by: Lateness,
  test: Pick<TestContext, 'skip'>,
  proofs: readonly Proof[],
): void {
  for (const proof of proofs) {
    const rule = proof.rules.find(({ reason }) => words.test(reason ?? ''));
    if (rule !== undefined) skipIfLate(test, by, windowOfRule(proof, rule), `${rule.id}: ${rule.reason}`);
  }
}

/** Skips a test since the host was late then, and prints why; throws where it was not. */
export function skipIfLate(
  test: Pick<TestContext, 'skip'>,
  by: Lateness,
  { tickMs, ...span }: LookedAt,
  why: string,
): void {
  const stretchMs = Math.round(GAP_TICKS * tickMs);
  const lateMs = Math.round(mostLateMs(by, span, stretchMs));
  const found = `the host was ${by} for ${lateMs} ms in ${stretchMs} ms`;
  if (lateMs < LEAST_TICKS * tickMs) throw new Error(`«${why}», and ${found} at the most`);
  console.log(`skipped, since ${found}: ${why}`);
  test.skip(`${found}: ${why}`);
}
