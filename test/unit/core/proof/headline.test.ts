import { describe, expect, it } from 'vitest';
import { type HeadlineFacts, writeHeadline } from '../../../../src/core/proof/headline.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';

const TOO_SHORT = 'the window lasted 3 s, and the rule needs 10 s';
const MISSING = 'events was not available: /srv/app.db does not exist';

const open = (reason: string): RuleResult =>
  ({ verdict: 'inconclusive', severity: 'error', reason }) as RuleResult;

const headline = (given: Partial<HeadlineFacts>): string =>
  writeHeadline({
    verdict: 'inconclusive',
    targets: ['app'],
    durationSeconds: 3,
    results: [open(TOO_SHORT), open(`${MISSING}; ${TOO_SHORT}`)],
    missing: [],
    notWatched: [],
    warnings: [],
    acceptedSeconds: null,
    excludes: { periodSeconds: null, connectionLifetimeSeconds: null },
    outboundSeen: 0,
    ...given,
  });

describe('why a window is inconclusive', () => {
  it('begins with what is missing altogether', () => {
    expect(headline({ missing: [MISSING] })).toBe(
      `INCONCLUSIVE: app for 3 s: ${MISSING}; ${TOO_SHORT} (and 1 more reason)`,
    );
  });

  it('is in the order of the rules, where nothing is, or no rule needs it', () => {
    const said = `INCONCLUSIVE: app for 3 s: ${TOO_SHORT} (and 1 more reason)`;
    expect(headline({})).toBe(said);
    expect(headline({ missing: ['trace was not available: no root'] })).toBe(said);
  });
});
