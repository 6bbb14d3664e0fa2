import { afterEach, describe, expect, it } from 'vitest';
import { HAND, QUIET, WatchRig } from '../../../support/watch-rig.ts';

let rig: WatchRig;
afterEach(() => rig.close());

describe('time that was lost', () => {
  it('ends a window before a gap, and none reaches over it', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    await rig.looks(run, 20);
    const goneMs = rig.clock.nowMs();
    rig.clock.offsetMs += 8_000;
    const backMs = rig.clock.nowMs();
    await rig.looks(run, 20);
    await run.close('shutdown', []);
    expect(rig.windows.map(({ closedBy }) => closedBy)).toEqual(['gap', 'shutdown']);
    const [before, after] = rig.windows;
    expect(before!.toMs).toBeLessThanOrEqual(goneMs);
    expect(after!.fromMs).toBeGreaterThanOrEqual(backMs + 2_000);
    // The whole stretch, read as one: what it would have been.
    expect(rig.prove({ ...after!, fromMs: after!.fromMs }).verdict.verdict).toBe('pass');
  });

  it('lets no window pass in which the looks were too far apart, be it by less', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 6);
    rig.clock.offsetMs += 3_000;
    await rig.looks(run, 6);
    await run.byHand('hand', 'close');
    const [window] = rig.windows;
    expect(window?.closedBy).toBe('manual');
    expect(rig.prove(window!).verdict).toMatchObject({ verdict: 'inconclusive' });
    await run.close('shutdown', []);
  });

  it('begins anew when the wall clock is moved, whatever is open', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 12);
    rig.clock.driftMs = 3_600_000;
    expect(await run.watch(new AbortController().signal)).toBe('the wall clock was moved');
    await run.close('reload', []);
    expect(rig.windows.map(({ closedBy }) => closedBy)).toEqual(['reload']);
    rig.clock.driftMs = -3_600_000;
    const next = await rig.open();
    expect(await next.watch(new AbortController().signal)).toBe('the wall clock was moved');
    await next.close('shutdown', []);
  });

  it('begins anew after a day although one window follows the other', async () => {
    rig = new WatchRig('{ id: quiet, trigger: user-quiet, quietFor: 3s, settle: 2s, maxDuration: 20s }');
    const run = await rig.open();
    await rig.looks(run, 10);
    rig.clock.offsetMs += 24 * 3_600_000;
    const signal = AbortSignal.timeout(120_000);
    expect(await run.watch(signal)).toBe('a day has passed');
    await run.close('reload', []);
    expect(rig.voided).toEqual([]);
  });
});

describe('a watch that takes the place of another', () => {
  it('goes on with a window that somebody opened by hand, also by a clock that was set back', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 12);
    await run.close('reload', []);
    rig.clock.offsetMs -= 3_600_000;
    const next = await rig.open();
    next.goOn(run.holding);
    await rig.looks(next, 12);
    await next.byHand('hand', 'close');
    await next.close('shutdown', []);
    expect(rig.windows.map(({ closedBy }) => closedBy)).toEqual(['reload', 'manual']);
    expect(rig.prove(rig.windows[1]!).verdict.verdict).toBe('pass');
  });

  it('does not open a window again that was closed by hand', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 12);
    await run.byHand('hand', 'close');
    await run.close('reload', []);
    const next = await rig.open();
    next.goOn(run.holding);
    await rig.looks(next, 3);
    await next.close('shutdown', []);
    expect(rig.windows).toHaveLength(1);
  });
});

describe('a restart while a window is open', () => {
  it('leaves no window behind that nobody closed', async () => {
    rig = new WatchRig(HAND);
    const killed = await rig.open();
    await killed.byHand('hand', 'open');
    await rig.looks(killed, 12);
    const fromMs = killed.states[0]!.sinceMs!;
    const next = await rig.open();
    await rig.looks(next, 3);
    await next.byHand('hand', 'open');
    await rig.looks(next, 12);
    await next.byHand('hand', 'close');
    await next.close('shutdown', []);
    expect(rig.windows).toHaveLength(1);
    const [window] = rig.windows;
    expect(rig.prove(window!).verdict.verdict).toBe('pass');
    // Who would claim that it had gone on from the first opening is refused, or told that it was not.
    expect(() => rig.prove({ ...window!, fromMs, toMs: window!.fromMs })).toThrow(/window/i);
    expect(rig.prove({ ...window!, fromMs }).verdict.verdict).not.toBe('pass');
  });
});
