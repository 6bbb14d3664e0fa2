import { describe, expect, it } from 'vitest';
import { WindowEngine } from '../../../../src/core/windows/engine.ts';
import { stillHolding } from '../../../../src/core/windows/holding.ts';
import type { WindowSpec } from '../../../../src/model/window-spec.ts';
import { Loop, manual, run, schedule, userQuiet } from './book.ts';

const open = (atS: number, id = 'by-hand') => ({ id, op: 'open' as const, atMs: atS * 1000 });
const close = (atS: number, id = 'by-hand') => ({ id, op: 'close' as const, atMs: atS * 1000 });
const fire = (atS: number) => ({ cronFires: [{ id: 'nightly', atMs: atS * 1000 }] });

describe('a window by hand', () => {
  it('opens and closes by command', () => {
    const loop = new Loop([manual()]);
    loop.until(100, { manual: [open(99.5)] });
    expect(loop.until(109)).toEqual([]);
    expect(loop.until(110)).toMatchObject([
      { kind: 'open', trigger: 'manual', settleMs: 10_000, anchorMs: null },
    ]);
    loop.until(150, { manual: [open(150)], userActions: [149_000] });
    loop.until(200, { manual: [close(199.5)] });
    loop.until(400);
    expect(loop.windows).toEqual([[110, 199.5, 'manual']]);
  });

  it('that is closed before it opens was none', () => {
    const loop = new Loop([manual()]);
    loop.until(100, { manual: [open(100)] });
    loop.until(105, { manual: [close(105)] });
    loop.until(200);
    loop.until(300, { manual: [open(299.2), close(299.7)] });
    loop.until(400);
    expect(loop.book.actions).toEqual([]);
  });

  it('may be closed and opened again at one look, and settles again', () => {
    const loop = new Loop([manual()]);
    loop.until(100, { manual: [open(100)] });
    loop.until(200, { manual: [open(199.9), close(199.4)] });
    expect(loop.until(209)).toEqual([]);
    loop.until(300, { manual: [close(300)] });
    expect(loop.windows).toEqual([
      [110, 199.4, 'manual'],
      [210, 300, 'manual'],
    ]);
  });

  it('hears no command that is older than what was done since', () => {
    const loop = new Loop([manual()]);
    loop.until(100, { manual: [close(100)] });
    loop.until(101, { manual: [open(99)] });
    expect(loop.until(200)).toEqual([]);
  });

  it('of another name is none of its business', () => {
    const loop = new Loop([manual(), manual({ id: 'other' })]);
    loop.until(100, { manual: [open(100, 'other')] });
    loop.until(200, { manual: [close(200)] });
    expect([...loop.book.open.keys()]).toEqual(['other']);
  });
});

describe('a window by cron', () => {
  it('lasts from settling to the end of the period', () => {
    const loop = new Loop([schedule()]);
    loop.until(100, fire(99.6));
    expect(loop.until(110)).toMatchObject([
      { kind: 'open', fromMs: 110_000, requestedMs: 589_600, anchorMs: 99_600 },
    ]);
    loop.until(2000);
    expect(loop.windows).toEqual([[110, 699.6, 'schedule']]);
  });

  it('is cut, and the next period begins one of its own', () => {
    const loop = new Loop([schedule({ maxDurationMs: 400_000 })]);
    loop.until(100, fire(100));
    loop.until(700, fire(700));
    loop.until(1000, fire(999.5));
    loop.until(3000);
    expect(loop.windows).toEqual([
      [110, 510, 'maxDuration'],
      [510, 700, 'schedule'],
      [710, 999.5, 'schedule'],
      [1010, 1410, 'maxDuration'],
      [1410, 1599.5, 'schedule'],
    ]);
  });

  it('that is told late lasts no longer; told too late, it does not open', () => {
    const loop = new Loop([schedule()]);
    loop.until(300, fire(100));
    loop.until(900);
    loop.until(3000, fire(2000));
    loop.until(3100, fire(1000));
    loop.until(3200);
    expect(loop.windows).toEqual([[300, 700, 'schedule']]);
  });

  it('shorter than settling never opens', () => {
    const loop = new Loop([schedule({ durationMs: 9000 })]);
    loop.until(100, fire(100));
    loop.until(200);
    expect(loop.book.actions).toEqual([]);
  });
});

describe('a window of a command', () => {
  const ready = (atS: number, launchedS: number) => ({
    command: [{ op: 'ready' as const, atMs: atS * 1000, launchedAtMs: launchedS * 1000 }],
  });
  const ended = (atS: number) => ({ command: [{ op: 'ended' as const, atMs: atS * 1000 }] });

  it('lasts from ready to its end', () => {
    const loop = new Loop([run()]);
    loop.until(100, ready(98, 90));
    expect(loop.until(108)).toMatchObject([
      { kind: 'open', trigger: 'run', fromMs: 108_000, anchorMs: 90_000 },
    ]);
    loop.until(200, ended(199.3));
    loop.until(300);
    expect(loop.windows).toEqual([[108, 199.3, 'target']]);
  });

  it('ends at the next launch where its end was not told', () => {
    const loop = new Loop([run()]);
    loop.until(100, ready(98, 90));
    loop.until(204, ready(203, 200));
    loop.until(205, ended(150));
    loop.until(300, ended(300));
    expect(loop.windows).toEqual([
      [108, 200, 'target'],
      [214, 300, 'target'],
    ]);
  });

  it('that ended before it was ready has none, in whatever order it is told', () => {
    const loop = new Loop([run()]);
    loop.until(100, ended(99));
    loop.until(101, ready(98, 90));
    loop.until(200);
    expect(loop.book.actions).toEqual([]);
  });
});

describe('settling until it is calm', () => {
  const waiting = () => {
    const loop = new Loop([userQuiet({ settleMs: 'auto' })]);
    loop.until(60);
    return loop;
  };

  it('waits to be told', () => {
    const loop = waiting();
    expect(loop.engine.awaitsCalm).toEqual([{ id: 'after-chat', sinceMs: 60_000 }]);
    expect(loop.until(90, { calm: ['after-chat'] })).toMatchObject([{ kind: 'open', settleMs: 30_000 }]);
    expect(loop.book.actions[0]).not.toHaveProperty('isSettled');
    expect(loop.engine.awaitsCalm).toEqual([]);
  });

  it('waits at most two minutes, and says so', () => {
    const loop = waiting();
    expect(loop.until(179)).toEqual([]);
    expect(loop.until(180)).toMatchObject([{ kind: 'open', settleMs: 120_000, isSettled: false }]);
  });

  it('begins anew with an action or a gap', () => {
    const loop = waiting();
    loop.until(80, { userActions: [79_500] });
    expect(loop.engine.awaitsCalm).toEqual([]);
    loop.until(140);
    expect(loop.engine.awaitsCalm).toEqual([{ id: 'after-chat', sinceMs: 139_500 }]);
    expect(loop.after(150, { calm: ['after-chat'] })).toEqual([]);
    expect(loop.engine.awaitsCalm).toEqual([{ id: 'after-chat', sinceMs: 150_000 }]);
  });

  it('nobody else is asked', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(65);
    expect(loop.engine.awaitsCalm).toEqual([]);
  });
});

describe('a gap', () => {
  it('ends a window at the look before it, and the next opens after settling', () => {
    const loop = new Loop([userQuiet(), manual()]);
    loop.until(100, { manual: [open(100)] });
    loop.until(200);
    loop.after(206);
    expect(loop.until(215)).toEqual([]);
    expect(loop.until(216)).toHaveLength(2);
    expect(loop.book.windows).toMatchObject([
      { id: 'after-chat', fromMs: 70_000, toMs: 200_000, closedBy: 'gap' },
      { id: 'by-hand', fromMs: 110_000, toMs: 200_000, closedBy: 'gap' },
    ]);
  });

  it('of five ticks is none', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(100);
    expect(loop.after(105)).toEqual([]);
  });

  it('after which an action is seen ends the window at whatever came first', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(100);
    loop.after(300, { userActions: [250_000] });
    expect(loop.windows).toEqual([[70, 100, 'gap']]);
    const other = new Loop([userQuiet()]);
    other.until(100);
    other.after(300, { userActions: [101_000, 250_000] });
    expect(other.windows).toEqual([[70, 99, 'user']]);
    expect(other.until(319)).toEqual([]);
    expect(other.until(320)).toMatchObject([{ kind: 'open', anchorMs: 250_000 }]);
  });

  it('over the end of a period ends its window before it', () => {
    const loop = new Loop([schedule()]);
    loop.until(100, fire(100));
    loop.until(600);
    loop.after(900);
    loop.until(1000);
    expect(loop.windows).toEqual([[110, 600, 'gap']]);
  });

  it('at once after it opened leaves nothing of a window', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(70);
    expect(loop.after(80)).toEqual([
      {
        kind: 'discard',
        id: 'after-chat',
        fromMs: 70_000,
        reason: 'nothing was looked at after it had opened',
      },
    ]);
  });
});

describe('reload and shutdown', () => {
  /** Another engine goes on where one was closed. */
  const goOn = (before: Loop, windows: readonly WindowSpec[], atS: number): Loop => {
    const after = new Loop(windows, { startMs: atS * 1000 });
    after.after(atS, stillHolding(before.engine.holding, windows, atS * 1000));
    return after;
  };

  it('close all, and a user action that is seen late still counts', () => {
    const loop = new Loop([userQuiet(), manual(), schedule(), run()]);
    loop.until(100, {
      manual: [open(100)],
      ...fire(100),
      command: [{ op: 'ready', atMs: 100_000, launchedAtMs: 95_000 }],
    });
    loop.until(200);
    const actions = loop.take(loop.engine.close(200_000, 'reload'));
    expect(actions.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual([
      'close after-chat',
      'close by-hand',
      'close nightly',
      'close whole',
    ]);
    expect(loop.book.windows.every(({ closedBy }) => closedBy === 'reload')).toBe(true);
    expect(loop.engine.late([150_000])).toMatchObject([{ kind: 'amend', id: 'after-chat', toMs: 148_000 }]);
  });

  it('what holds holds on: a period of cron, and a window opened by hand', () => {
    const loop = new Loop([manual(), schedule()]);
    loop.until(100, { manual: [open(100)], ...fire(100) });
    loop.until(200);
    loop.take(loop.engine.close(200_000, 'reload'));
    const after = goOn(loop, [schedule(), manual({ settleMs: 20_000 })], 203);
    after.until(220);
    expect([...after.book.open]).toEqual([['nightly', 213_000]]);
    after.until(223);
    expect([...after.book.open.keys()]).toEqual(['nightly', 'by-hand']);
    after.until(800);
    // The period ends when it would have ended.
    expect(after.windows).toEqual([[213, 700, 'schedule']]);
    expect([...after.book.open.keys()]).toEqual(['by-hand']);
    const third = goOn(after, [schedule(), manual()], 900);
    third.until(1000);
    expect([...third.book.open.keys()]).toEqual(['by-hand']);
  });

  it('forget a period of another cron, and a window that is not there any more or was closed', () => {
    const loop = new Loop([manual(), manual({ id: 'other' }), schedule()]);
    loop.until(100, { manual: [open(100), open(100, 'other')], ...fire(100) });
    loop.until(200, { manual: [close(200, 'other')] });
    const after = goOn(loop, [schedule({ cron: '0 3 * * *' }), manual({ id: 'other' })], 210);
    after.until(300);
    expect(after.book.actions).toEqual([]);
  });

  it('go on by a clock that was set back: not in a period that is still to come, at once by hand', () => {
    const loop = new Loop([manual(), schedule()]);
    loop.until(4000, { manual: [open(4000)], ...fire(4000) });
    const after = goOn(loop, [manual(), schedule()], 400);
    after.until(500);
    expect([...after.book.open]).toEqual([['by-hand', 410_000]]);
  });

  it('leave nothing of what has just opened', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(70);
    expect(loop.engine.close(70_000, 'shutdown')).toMatchObject([
      { kind: 'discard', reason: 'it was over as soon as it had opened (shutdown)' },
    ]);
  });
});

describe('the engine', () => {
  it('refuses times that go back or are none', () => {
    const engine = new WindowEngine({ windows: [userQuiet()], tickMs: 1000 }, 5000);
    expect(() => engine.look({ nowMs: 4999, previousMs: null })).toThrow(RangeError);
    expect(() => engine.look({ nowMs: Number.NaN, previousMs: null })).toThrow(RangeError);
    expect(() => engine.look({ nowMs: 6000, previousMs: null, userActions: [Number.NaN] })).toThrow(
      RangeError,
    );
    expect(() => engine.look({ nowMs: 6000, previousMs: Number.NaN })).toThrow(RangeError);
    expect(() => engine.close(4000, 'shutdown')).toThrow(RangeError);
  });

  it('has nothing to do without windows', () => {
    const engine = new WindowEngine({ windows: [], tickMs: 1000 }, 0);
    expect(engine.look({ nowMs: 1, previousMs: null, userActions: [1] })).toEqual([]);
    expect(engine.dueAtMs).toBe(Infinity);
  });

  it('says what is due', () => {
    const loop = new Loop([userQuiet(), manual()]);
    expect(loop.engine.dueAtMs).toBe(0);
    loop.until(0);
    expect(loop.engine.dueAtMs).toBe(60_000);
    loop.until(60);
    expect(loop.engine.dueAtMs).toBe(70_000);
    expect(loop.engine.states).toEqual([
      { id: 'after-chat', trigger: 'user-quiet', phase: 'settling', sinceMs: 60_000, untilMs: 70_000 },
      { id: 'by-hand', trigger: 'manual', phase: 'waiting', sinceMs: null, untilMs: Infinity },
    ]);
    loop.until(70);
    expect(loop.engine.dueAtMs).toBe(3_670_000);
  });
});

describe('our own measurement', () => {
  const awaited = { measuring: ['awaited' as const] };
  const over = { measuring: ['over' as const] };

  it('closes no window, and is awaited until the open one is over; the next is quiet and settles after it', () => {
    const loop = new Loop([userQuiet({ maxDurationMs: 100_000 })]);
    loop.until(80);
    expect([...loop.book.open.keys()]).toEqual(['after-chat']);
    loop.until(100, awaited);
    expect([...loop.book.open.keys()]).toEqual(['after-chat']);
    // Cut at its greatest length, and not followed at once.
    loop.until(400);
    expect(loop.windows).toEqual([[70, 170, 'maxDuration']]);
    expect(loop.book.open.size).toBe(0);
    loop.until(410, over);
    loop.until(479);
    expect(loop.book.open.size).toBe(0);
    expect(loop.until(480)).toMatchObject([{ kind: 'open', anchorMs: 410_000 }]);
    expect(loop.book.open.get('after-chat')).toBe(480_000);
  });

  it('keeps windows by hand and by the clock from opening, and they settle after it', () => {
    const loop = new Loop([manual(), schedule()]);
    loop.until(100, { ...awaited, manual: [open(99)], ...fire(99) });
    expect(loop.until(300)).toEqual([]);
    loop.until(301, over);
    expect(loop.until(310)).toEqual([]);
    loop.until(312);
    expect([...loop.book.open.entries()]).toEqual([
      ['by-hand', 311_000],
      ['nightly', 311_000],
    ]);
    loop.until(800);
    // By the clock it ends when it would have ended.
    expect(loop.windows).toEqual([[311, 699, 'schedule']]);
  });

  it('begins the settling anew', () => {
    const loop = new Loop([manual()]);
    loop.until(100, { manual: [open(100)] });
    loop.until(105, awaited);
    loop.until(106, over);
    expect(loop.until(115)).toEqual([]);
    loop.until(117);
    expect(loop.book.open.get('by-hand')).toBe(116_000);
  });

  it('does not keep a user from closing what is open', () => {
    const loop = new Loop([userQuiet()]);
    loop.until(80);
    loop.until(100, awaited);
    loop.until(120, { userActions: [119_000] });
    expect(loop.windows).toEqual([[70, 117, 'user']]);
    loop.until(400);
    expect(loop.book.open.size).toBe(0);
  });
});
