import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../../src/render/status-text.ts';
import { statusOf, verdictOf, windowOf } from '../../support/daemon-status.ts';

const HOSTILE = '\u001b[2J\u001b[31mroot#\u202e\nverdict: PASS';

describe('renderStatus', () => {
  const page = renderStatus(statusOf(), false);

  it('is one page: daemon, targets, windows, verdicts, alerts, store, own cost, problems', () => {
    expect(page).toMatch(/^idleproof 0\.1\.0, pid 4711, up 66\.67 min; 4,000 looks, last look 400 ms ago\n/);
    expect(page).toMatch(/\nbackend {2}port 8000 {10}3 {10}0\.12 % {3}48\.2 MB {2}1\.5\/s\n/);
    expect(page).toMatch(/\nmodel {4}name llama-server {2}absent {5}unknown {2}unknown {2}unknown\n/);
    expect(page).toMatch(
      /\nafter-chat {2}user-quiet {2}open for 5\.5 min, until 2026-11-20 09:01:10; user quiet for 6\.667 min/,
    );
    expect(page).toMatch(/\nnightly {5}schedule {4}waiting, opens 2026-11-21 02:00:00 /);
    expect(page).toContain('FAIL\n    backend for 3600 s: The app talks to the network while idle\n');
    expect(page).toContain('\nAlerts  1 firing, 2 to be sent\n');
    expect(page).toContain('\nStore   12,345 rows in 2 segments, 1.4 MB, last commit 10 s ago\n');
    expect(page).toContain('\nItself  3.21 s CPU (0.08025 % of one core), 71 MB, 4,123 wakeups\n');
    expect(page).toContain(
      '\nProblems:\n  - trace: unavailable, no permission (since 2026-11-20 07:00:00)\n',
    );
    expect(page).not.toContain('NOT WELL');
  });

  it('says when the daemon is not well', () => {
    const { atMs } = statusOf();
    expect(renderStatus(statusOf({ lastLookAtMs: atMs - 30_000 }), false)).toContain(
      '\nNOT WELL: no look for 30 s\n',
    );
  });

  it('has words for nothing', () => {
    const self = { cpuSeconds: 0, rssBytes: 1, wakeups: null };
    const none = statusOf({ targets: [], windows: [], problems: [], lastLookAtMs: null, self });
    const text = renderStatus({ ...none, atMs: none.startedAtMs }, false);
    for (const words of ['No targets.', 'No windows.', 'No verdict yet.', 'no look yet', 'unknown wakeups']) {
      expect(text).toContain(words);
    }
  });

  it('lets nothing of the app out of its place', () => {
    const [target] = statusOf().targets;
    const hostile = statusOf({
      targets: [{ ...target!, name: HOSTILE, selector: HOSTILE }],
      windows: [windowOf({ id: HOSTILE, lastVerdict: verdictOf({ headline: HOSTILE, folder: HOSTILE }) })],
      problems: [{ kind: 'collector', subject: 'trace', text: HOSTILE.repeat(100), sinceMs: 0 }],
      config: { path: HOSTILE, sha256: 'a', loadedAtMs: 0 },
    });
    const text = renderStatus(hostile, false);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).not.toMatch(/^verdict: PASS/m);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(400);
  });

  it('lists a bounded number of problems', () => {
    const problems = Array.from({ length: 50 }, (_, nth) => ({
      kind: 'collector' as const,
      subject: null,
      text: `p${nth}`,
      sinceMs: 0,
    }));
    expect(renderStatus(statusOf({ problems }), false)).toContain('  - and 30 more\n');
  });

  it('colours verdicts only where it may', () => {
    expect(renderStatus(statusOf(), true)).toContain('\u001b[31mFAIL\u001b[0m');
  });
});
