import { describe, expect, it } from 'vitest';
import { digestProof, type ProofDigest } from '../../../../src/core/proof/digest.ts';
import { summarizeProofs } from '../../../../src/core/proof/summary.ts';
import { renderSummary } from '../../../../src/render/summary-markdown.ts';
import { type ProofChoice, proofOf } from '../../../support/proofs.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 20, 6);
const ALL = { sinceMs: null, untilMs: null, windowId: null };
const HOSTILE = '<script>\u001b[31m|`x`](http://evil.example)\u202e';

const digest = (choice: ProofChoice, path = `p${choice.openedMs}`): ProofDigest => {
  const read = digestProof(path, JSON.stringify(proofOf(choice)));
  if ('problem' in read) throw new Error(read.problem);
  return read;
};

const keep = (...digests: ProofDigest[]) => ({ digests, withdrawn: [], broken: [], unproved: [] });

/** Two days, a window every two hours, an agent in two of them, CPU that grows. */
const soak = Array.from({ length: 24 }, (_, nth) =>
  digest({ openedMs: START + nth * 2 * HOUR, agent: nth === 5 || nth === 9, cpu: 0.1 + nth * 0.01 }),
);

describe('summarizeProofs', () => {
  const summary = summarizeProofs(keep(...soak), ALL);

  it('counts windows by verdict, whole and per day', () => {
    expect(summary.headline).toBe('FAIL: 24 windows: 22 pass, 2 fail, 0 inconclusive');
    expect(summary.total).toMatchObject({ windows: 24, watchedSeconds: 24 * 3600 });
    expect(summary.days.map(({ date, windows, verdicts }) => [date, windows, verdicts.fail])).toEqual([
      ['2026-11-20', 9, 1],
      ['2026-11-21', 12, 1],
      ['2026-11-22', 3, 0],
    ]);
    expect(summary.windows).toMatchObject([{ id: 'after-chat', windows: 24, last: { verdict: 'pass' } }]);
  });

  it('says for how long nobody watched', () => {
    expect(summary.period).toMatchObject({ seconds: 47 * 3600, from: { utc: '2026-11-20T06:00:00.000Z' } });
    expect(summary.longestUnwatched).toMatchObject({ seconds: 3600 });
  });

  it('joins findings by rule and subject, with first and last time', () => {
    const network = summary.findings.find(({ ruleId }) => ruleId === 'network-activity')!;
    expect(network).toMatchObject({ windows: 2, count: 4, severity: 'error', target: 'app' });
    expect(network.firstAt.utc).toBe('2026-11-20T16:00:01.000Z');
    expect(network.lastAt.utc).toBe('2026-11-21T00:59:59.000Z');
    const rows = summary.findings.find(({ subject }) => subject['type'] === 'tool_run')!;
    expect(rows.windows).toBe(2);
  });

  it('has the median per day, and the slope over the windows', () => {
    expect(summary.days[2]!.metrics.find(({ metric }) => metric === 'cpu.percent')).toEqual({
      target: 'app',
      metric: 'cpu.percent',
      median: 0.32,
      windows: 3,
      atLeast: false,
    });
    const trend = summary.trends.find(({ metric }) => metric === 'cpu.percent')!;
    expect(trend).toMatchObject({
      windows: 24,
      leftOut: 0,
      slopePerDay: { value: 0.12, low: 0.12, high: 0.12 },
    });
  });

  it('names the longest excluded period, and whose it is', () => {
    expect(summary.longestExcludedPeriod).toMatchObject({ path: `p${START}`, confidence: 0.95 });
  });

  it('is the same in whatever order the proofs come', () => {
    expect(summarizeProofs(keep(...soak.toReversed()), ALL)).toEqual(summary);
    expect(renderSummary(summarizeProofs(keep(...soak.toReversed()), ALL))).toBe(renderSummary(summary));
  });

  it('takes only what was asked for', () => {
    const sinceMs = START + 40 * HOUR + 60_000;
    const late = summarizeProofs(keep(...soak), { sinceMs, untilMs: START + 50 * HOUR, windowId: null });
    // The window that was open at that time is in it.
    expect(late.total.windows).toBe(4);
    expect(late.period).toMatchObject({ from: { utc: '2026-11-21T22:00:00.000Z' }, seconds: 10 * 3600 });
    expect(late.longestUnwatched).toMatchObject({ seconds: 3 * 3600 });
    const other = summarizeProofs(keep(...soak), { ...ALL, windowId: 'nightly' });
    expect(other).toMatchObject({
      verdict: 'inconclusive',
      headline: 'INCONCLUSIVE: no window',
      period: null,
    });
  });
});

describe('a summary is never better than what it does not know', () => {
  const pass = digest({ openedMs: START });

  it('is no pass without a window', () => {
    expect(summarizeProofs(keep(), ALL).verdict).toBe('inconclusive');
    const range = { sinceMs: START + 9 * HOUR, untilMs: START + 10 * HOUR, windowId: null };
    const none = summarizeProofs(keep(pass), range);
    expect(none).toMatchObject({ verdict: 'inconclusive', longestUnwatched: { seconds: 3600 } });
  });

  it('is no pass where one window is none, or a proof cannot be read', () => {
    expect(summarizeProofs(keep(pass), ALL).verdict).toBe('pass');
    const doubt = digest({ openedMs: START + HOUR, verdict: 'inconclusive' });
    expect(summarizeProofs(keep(pass, doubt), ALL).verdict).toBe('inconclusive');
    const kept = {
      digests: [pass],
      withdrawn: [],
      broken: [{ path: 'x/proof.json', problem: 'empty' }],
      unproved: [{ path: 'y', writtenMs: START, windowId: null, verdict: null }],
    };
    expect(summarizeProofs(kept, ALL)).toMatchObject({
      verdict: 'inconclusive',
      headline:
        'INCONCLUSIVE: 1 window: 1 pass, 0 fail, 0 inconclusive · 1 proof could not be read · 1 run without a proof',
    });
  });

  it('is no pass where a run within what is asked wrote no proof', () => {
    const kept = {
      ...keep(pass),
      unproved: [{ path: 'y', writtenMs: START, windowId: null, verdict: null }],
    };
    expect(summarizeProofs(kept, ALL)).toMatchObject({ verdict: 'inconclusive', unproved: ['y'] });
    const since = { ...ALL, sinceMs: START };
    expect(summarizeProofs(kept, since)).toMatchObject({ verdict: 'pass', unproved: [] });
  });

  it('fails where a window failed whose proof could not be written, unless another one is asked for', () => {
    const lost = { path: 'w of then', writtenMs: START, windowId: 'w', verdict: 'fail' } as const;
    const kept = { ...keep(pass), unproved: [lost] };
    expect(summarizeProofs(kept, ALL)).toMatchObject({
      verdict: 'fail',
      headline: 'FAIL: 1 window: 1 pass, 0 fail, 0 inconclusive · 1 run without a proof, 1 of which failed',
      unproved: ['w of then'],
    });
    expect(summarizeProofs(kept, { ...ALL, windowId: pass.windowId })).toMatchObject({
      verdict: 'pass',
      unproved: [],
    });
  });

  it('counts a window that was judged again once, with the most evidence; at the same the worse verdict', () => {
    const again = digest({ openedMs: START, rows: 43, verdict: 'fail' }, 'again');
    const summary = summarizeProofs(keep(pass, again), ALL);
    expect(summary).toMatchObject({ verdict: 'fail', superseded: [pass.path], total: { windows: 1 } });
    const copy = digest({ openedMs: START, verdict: 'fail' }, 'copy');
    for (const kept of [keep(pass, copy), keep(copy, pass)]) {
      expect(summarizeProofs(kept, ALL)).toMatchObject({ verdict: 'fail', superseded: [pass.path] });
    }
  });

  it('does not count overlapping windows twice', () => {
    const other = digest({ openedMs: START + HOUR / 2, id: 'nightly' });
    expect(summarizeProofs(keep(pass, other), ALL).total.watchedSeconds).toBe(1.5 * 3600);
  });

  it('leaves what is not known, and lower bounds, out of a slope, and says how many', () => {
    const some = Array.from({ length: 8 }, (_, nth) =>
      digest({ openedMs: START + nth * HOUR, cpu: nth === 0 ? null : 1, atLeast: nth > 5 }),
    );
    const trend = summarizeProofs(keep(...some), ALL).trends.find(({ metric }) => metric === 'cpu.percent');
    expect(trend).toMatchObject({ windows: 7, atLeast: true, leftOut: 3, slopePerDay: { value: 0 } });
    const few = summarizeProofs(keep(...some.slice(0, 5)), ALL).trends[0];
    expect(few).toMatchObject({ windows: 4, leftOut: 1, slopePerDay: null });
  });

  it('bounds its findings', () => {
    const [finding] = soak[5]!.findings;
    const findings = Array.from({ length: 700 }, (_, nth) => ({
      ...finding!,
      subject: { 'remote.ip': `${nth}` },
    }));
    const summary = summarizeProofs(keep({ ...pass, findings }), ALL);
    expect(summary.findings).toHaveLength(500);
    expect(summary.findingsLeftOut).toBe(200);
    expect(renderSummary(summary)).toContain('\n600 more findings.\n');
  });
});

describe('renderSummary', () => {
  it('is the same page as ever', async () => {
    const summary = summarizeProofs(
      {
        digests: soak,
        withdrawn: [],
        broken: [{ path: 'x/proof.json', problem: 'the file is empty' }],
        unproved: [{ path: 'y', writtenMs: START, windowId: null, verdict: null }],
      },
      ALL,
    );
    await expect(renderSummary(summary)).toMatchFileSnapshot('../../../fixtures/golden/summary.md');
  });

  it('lets nothing of the app out of its place', () => {
    const [finding] = soak[5]!.findings;
    const hostile: ProofDigest = {
      ...soak[5]!,
      path: HOSTILE,
      host: HOSTILE,
      windowId: HOSTILE,
      targets: [{ name: HOSTILE, metrics: { 'cpu.percent': { mean: 1, atLeast: true } } }],
      findings: [{ ...finding!, ruleId: HOSTILE, target: HOSTILE, text: HOSTILE }],
      notWatched: [HOSTILE],
    };
    const kept = {
      digests: [hostile],
      withdrawn: [],
      broken: [{ path: HOSTILE, problem: HOSTILE }],
      unproved: [{ path: HOSTILE, writtenMs: START, windowId: null, verdict: null }],
    };
    const page = renderSummary(summarizeProofs(kept, ALL));
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(page).not.toMatch(/<script>|[^\\]\]\(|http:\/\//);
  });
});
