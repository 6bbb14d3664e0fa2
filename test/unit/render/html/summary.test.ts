import { describe, expect, it } from 'vitest';
import { summarizeProofs } from '../../../../src/core/proof/summary.ts';
import { renderSummaryHtml } from '../../../../src/render/html/summary.ts';
import { ALL, soakDigests } from '../../../support/soak-digests.ts';

const STYLE = { text: 'p{}', sha256: 'c3R5bGU=' };
const HOSTILE = '</p><script>\u001b[31m"\'</script>\u202e';

describe('renderSummaryHtml', () => {
  it('gives the same page, byte for byte', async () => {
    const kept = {
      digests: soakDigests(),
      withdrawn: [],
      broken: [{ path: 'x/proof.json', problem: 'the file is empty' }],
      unproved: [{ path: 'y', writtenMs: 0, windowId: null, verdict: null }],
    };
    const page = renderSummaryHtml(summarizeProofs(kept, ALL), STYLE);
    await expect(page).toMatchFileSnapshot('../../../fixtures/golden/html/summary.html');
  });

  it('has no script, and allows none', () => {
    const page = renderSummaryHtml(
      summarizeProofs({ digests: soakDigests(), withdrawn: [], broken: [], unproved: [] }, ALL),
      STYLE,
    );
    expect(page).toContain("script-src 'none'");
    expect(page).not.toMatch(/<script| (?:src|href|style|on[a-z]+)=/i);
  });

  it('lets no name out of its place', () => {
    const named = (name: string): string => {
      const digests = soakDigests().map((digest) => ({
        ...digest,
        path: name,
        host: name,
        windowId: name,
        targets: [{ name, metrics: { 'cpu.percent': { mean: 1, atLeast: true } } }],
        findings: digest.findings.map((finding) => ({ ...finding, ruleId: name, target: name, text: name })),
        notWatched: [name],
      }));
      const kept = {
        digests,
        withdrawn: [],
        broken: [{ path: name, problem: name }],
        unproved: [{ path: name, writtenMs: 0, windowId: null, verdict: null }],
      };
      return renderSummaryHtml(summarizeProofs(kept, ALL), STYLE);
    };
    const tags = (page: string): string[] =>
      [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
    expect(tags(named(HOSTILE))).toEqual(tags(named('xyzzy')));
    expect(named(HOSTILE).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('says that there was no window', () => {
    const page = renderSummaryHtml(
      summarizeProofs({ digests: [], withdrawn: [], broken: [], unproved: [] }, ALL),
      STYLE,
    );
    expect(page).toContain('INCONCLUSIVE');
    expect(page).not.toContain('id="days"');
  });
});
