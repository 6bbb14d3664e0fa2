import { describe, expect, it } from 'vitest';
import { statusChanges } from '../../../src/render/status-changes.ts';
import { statusOf, verdictOf, windowOf } from '../../support/daemon-status.ts';

const AT = '2026-11-20T08:06:40.000+01:00';

describe('statusChanges', () => {
  it('tells first how everything is', () => {
    const lines = statusChanges(null, statusOf());
    expect(lines[0]).toBe(`${AT} daemon: idleproof 0.1.0, pid 4711`);
    expect(lines).toContain(`${AT} target model: absent`);
    expect(lines).toContain(`${AT} window by-hand: waiting since 2026-11-20T06:00:00.000Z`);
    expect(lines).toContain(`${AT} problem: trace: unavailable, no permission`);
  });

  it('tells nothing when nothing changed but numbers', () => {
    const before = statusOf();
    const [first] = before.targets;
    const now = statusOf({
      looks: 5_000,
      lastLookAtMs: before.atMs,
      targets: [{ ...first!, cpuPercent: 9 }, before.targets[1]!],
    });
    expect(statusChanges(before, now)).toEqual([]);
  });

  it('tells a verdict, a window that moved, a health that fell, a problem that is gone', () => {
    const before = statusOf();
    const [, ...others] = before.windows;
    const verdict = verdictOf({ fromMs: Date.UTC(2026, 10, 20, 7), headline: 'FAIL: x' });
    const now = statusOf({
      lastLookAtMs: before.atMs - 60_000,
      windows: [
        windowOf({ state: 'waiting', sinceMs: Date.UTC(2026, 10, 20, 7, 1), lastVerdict: verdict }),
        ...others,
      ],
      problems: [],
    });
    expect(statusChanges(before, now).map((line) => line.slice(AT.length + 1))).toEqual([
      'health: the loop does not tick',
      'verdict after-chat: FAIL: x (2026-11-20T07:00:00.000Z to 2026-11-20T07:01:00.000Z)',
      'window after-chat: waiting since 2026-11-20T07:01:00.000Z',
      'solved: trace: unavailable, no permission',
    ]);
  });

  it('tells everything again of another daemon', () => {
    expect(statusChanges(statusOf(), statusOf({ pid: 5 })).length).toBe(
      statusChanges(null, statusOf()).length,
    );
  });

  it('is a line each, whatever a name holds', () => {
    const lines = statusChanges(null, statusOf({ windows: [windowOf({ id: 'a\nb\u001b[2J'.repeat(200) })] }));
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(300);
  });
});
