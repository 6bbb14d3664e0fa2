import { describe, expect, it } from 'vitest';
import { Loop, userQuiet } from '../book.ts';

const s = (...seconds: number[]) => ({ userActions: seconds.map((one) => one * 1000) });

describe('a window that follows the quiet of users', () => {
  it('opens after quiet and settling, and closes before the next action', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(5, s(4.2));
    expect(loop.until(74)).toEqual([]);
    expect(loop.until(75)).toEqual([
      {
        kind: 'open',
        id: 'after-chat',
        trigger: 'user-quiet',
        fromMs: 75_000,
        requestedMs: 3_600_000,
        settleMs: 10_000,
        anchorMs: 4200,
      },
    ]);
    expect(loop.until(200, s(199.5))).toEqual([
      { kind: 'close', id: 'after-chat', fromMs: 75_000, toMs: 197_500, closedBy: 'user' },
    ]);
    loop.until(268);
    expect(loop.engine.states).toMatchObject([{ phase: 'settling', sinceMs: 259_500, untilMs: 269_500 }]);
    expect(loop.until(270)).toMatchObject([{ kind: 'open', fromMs: 270_000, anchorMs: 199_500 }]);
  });

  it('opens when nobody was ever seen, with nothing that a timer could be locked to', () => {
    expect(new Loop([userQuiet()]).until(70)).toMatchObject([{ kind: 'open', anchorMs: null }]);
  });

  it('takes quiet from before its start for no quiet', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(1, s(-500));
    expect(loop.until(69)).toEqual([]);
    expect(loop.until(70)).toMatchObject([{ kind: 'open', anchorMs: -500_000 }]);
  });

  it('an action while it waits or settles puts it off', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(65, s(64.5));
    expect(loop.until(134)).toEqual([]);
    expect(loop.until(135)).toMatchObject([{ kind: 'open' }]);
    expect(loop.book.actions).toHaveLength(1);
  });

  it('keeps a window that is shorter than it may be', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(74, s(74));
    expect(loop.windows).toEqual([[70, 72, 'user']]);
  });

  it.each([
    [72, 72, /2 s after it had opened, within the guard/],
    [71, 70, /0 ms before it opened/],
    [75, 50, /20 s before it opened, which was seen late/],
    [300, -900, /970 s before|16\.17 min before/],
  ])(
    'of which an action, seen at %d s and stamped %d s, leaves nothing is discarded',
    (seenS, atS, reason) => {
      const loop = new Loop([userQuiet()]);
      expect(loop.until(seenS, s(atS))).toMatchObject([{ kind: 'discard', fromMs: 70_000 }]);
      expect(loop.book.actions.at(-1)).toMatchObject({ reason: expect.stringMatching(reason) });
      expect(loop.windows).toEqual([]);
    },
  );

  it('ends at the first of several actions, however they come', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(200, s(199, 150, 170));
    expect(loop.windows).toEqual([[70, 148, 'user']]);
    expect(loop.until(268)).toEqual([]);
    expect(loop.until(269)).toMatchObject([{ kind: 'open', anchorMs: 199_000 }]);
  });

  it('takes a stamp that lies ahead for an action of now', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(100, s(5000));
    expect(loop.windows).toEqual([[70, 98, 'user']]);
    expect(loop.until(170)).toMatchObject([{ kind: 'open', anchorMs: 100_000 }]);
  });

  it('is shortened when an action is seen after it was closed', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(200, s(199));
    expect(loop.until(202, s(150))).toEqual([
      { kind: 'amend', id: 'after-chat', fromMs: 70_000, toMs: 148_000, closedBy: 'user', anchorMs: null },
    ]);
    expect(loop.until(203, s(180))).toEqual([]);
    expect(loop.until(204, s(40))).toMatchObject([
      { kind: 'withdraw', fromMs: 70_000, reason: expect.stringContaining('30 s before') },
    ]);
    expect(loop.windows).toEqual([]);
  });

  it('settles again when the quiet that it rested on was none', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(90, s(50));
    expect(loop.until(119)).toEqual([]);
    expect(loop.until(120)).toMatchObject([{ kind: 'open', anchorMs: 50_000 }]);
    loop.until(300, s(100));
    expect(loop.until(309)).toEqual([]);
    expect(loop.until(310)).toMatchObject([{ kind: 'open', anchorMs: 100_000 }]);
  });
});

describe('consecutive windows', () => {
  const hourly = () => new Loop([userQuiet({ maxDurationMs: 100_000 })]);

  it('follow each other at once', () => {
    const loop = hourly();
    expect(loop.until(170)).toMatchObject([
      { kind: 'close', fromMs: 70_000, toMs: 170_000, closedBy: 'maxDuration' },
      { kind: 'open', fromMs: 170_000, settleMs: 0, requestedMs: 100_000 },
    ]);
    loop.until(300, s(300));
    expect(loop.windows).toEqual([
      [70, 170, 'maxDuration'],
      [170, 270, 'maxDuration'],
      [270, 298, 'user'],
    ]);
  });

  it('lose the guard before an action that comes just after the cut', () => {
    const loop = hourly();
    loop.until(171, s(170.8));
    expect(loop.book.actions.slice(-2)).toMatchObject([
      { kind: 'amend', fromMs: 70_000, toMs: 168_800 },
      { kind: 'discard', fromMs: 170_000 },
    ]);
    expect(loop.windows).toEqual([[70, 168.8, 'user']]);
  });

  it('are none when an action shows that the first was over', () => {
    const loop = hourly();
    loop.until(400, s(400));
    loop.until(401, s(160));
    // 270 comes 110 s after the action, which is quiet enough; 170 does not.
    expect(loop.windows).toEqual([
      [70, 158, 'user'],
      [270, 370, 'maxDuration'],
      [370, 398, 'user'],
    ]);
    expect(loop.book.actions.filter(({ kind }) => kind === 'amend')).toMatchObject([
      { fromMs: 70_000 },
      { fromMs: 270_000, toMs: 370_000, anchorMs: 160_000 },
      { fromMs: 370_000, toMs: 398_000, anchorMs: 160_000 },
    ]);
  });
});
