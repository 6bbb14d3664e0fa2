import { renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Cause } from '../../../src/core/rules/pack.ts';
import type { Window } from '../../../src/model/evidence.ts';
import type { Proof } from '../../../src/model/proof.ts';
import { systemClock } from '../../../src/os/clock.ts';
import { isRoot } from '../../support/programs.ts';
import { WatchRig } from '../../support/watch-rig.ts';

const QUIET = '{ id: quiet, trigger: user-quiet, quietFor: 3s, settle: 2s, maxDuration: 30s }';
const HAND = '{ id: hand, trigger: manual, settle: 0s }';

let rig: WatchRig;
afterEach(() => rig.close());

const lengthsOf = (windows: readonly Window[]): number[] =>
  windows.map(({ fromMs, toMs }) => Math.round((toMs - fromMs) / 1_000));
const ruleOf = ({ rules }: Proof, id: string): string | undefined =>
  rules.find((rule) => rule.id === id)?.verdict;

describe('windows and users', () => {
  it('cuts a stretch that nobody ends, and proves each part', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    await rig.looks(run, 50);
    await run.close('shutdown', []);
    expect(rig.windows.map(({ closedBy }) => closedBy)).toEqual(['maxDuration', 'shutdown']);
    expect(lengthsOf(rig.windows)[0]).toBeGreaterThanOrEqual(30);
    const [first, second] = rig.windows;
    expect(second?.fromMs).toBe(first?.toMs);
    for (const window of rig.windows) expect(rig.prove(window).verdict.verdict).toBe('pass');
    expect(rig.voided).toEqual([]);
  });

  it('ends a window before the guard of a user action, and tells when that was', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    expect(run.lastActionMs).toBeNull();
    await rig.looks(run, 25);
    const saidMs = rig.row('user_message');
    rig.row('tool_run');
    await rig.looks(run, 2);
    expect(run.lastActionMs).toBe(saidMs);
    const [window] = rig.windows;
    expect(window).toMatchObject({ id: 'quiet', closedBy: 'user' });
    expect(window!.toMs).toBe(saidMs - 2_000);
    // What the user set off is in no window.
    expect(rig.prove(window!).verdict.verdict).toBe('pass');
    await run.close('shutdown', []);
    expect(rig.windows).toHaveLength(1);
  });

  it('shortens a window whose end was used by somebody who is seen late, and judges it again', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    do await rig.looks(run, 1);
    while (rig.windows.length === 0);
    const [cut] = rig.windows;
    expect(cut?.closedBy).toBe('maxDuration');
    const saidMs = rig.rowAt('user_message', cut!.toMs - 1_500);
    rig.rowAt('tool_run', cut!.toMs - 1_400);
    await rig.looks(run, 2);
    const amended = rig.windows.findLast(({ fromMs }) => fromMs === cut!.fromMs);
    expect(amended).toMatchObject({ closedBy: 'user' });
    expect(amended!.toMs).toBe(saidMs - 2_000);
    // The one that had followed began within: it is none.
    expect(rig.voided).toHaveLength(1);
    run.evidence.commit();
    expect(rig.prove(amended!).verdict.verdict).toBe('pass');
    // The proof that it supersedes can still be checked.
    expect(rig.prove(cut!).proof.window.durationSeconds).toBeGreaterThan(30);
    expect(rig.prove(amended!).proof.window.durationSeconds).toBeLessThan(28);
    await run.close('shutdown', []);
  });

  it('leaves in a window what a row would take out of it that is stamped before it was written', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    await rig.looks(run, 20);
    const ranMs = rig.row('tool_run');
    await rig.looks(run, 6);
    rig.rowAt('user_message', ranMs - 200);
    const writtenMs = rig.clock.nowMs();
    await rig.looks(run, 1);
    const [window] = rig.windows;
    expect(window).toMatchObject({ closedBy: 'user' });
    expect(window!.toMs).toBeGreaterThanOrEqual(writtenMs - 2_000);
    // Nor does it excuse for sure what it comes before by its stamp.
    const { proof } = rig.prove(window!);
    expect(ruleOf(proof, 'background-tool-run')).toBe('inconclusive');
    expect(JSON.stringify(proof.rules)).toContain('excused only by a cause whose time is doubtful');
    await run.close('shutdown', []);
    expect(rig.voided).toEqual([]);
  });

  it('takes a window back that opened right after an action which is seen late', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    do await rig.looks(run, 1);
    while (run.states[0]?.phase !== 'open');
    rig.rowAt('user_message', run.states[0].sinceMs! - 500);
    await rig.looks(run, 1);
    expect(rig.voided).toHaveLength(1);
    expect(rig.voided[0]).toMatch(/^quiet: somebody had used the app [\d.]+ ms before it opened/);
    await run.close('shutdown', []);
    expect(rig.windows).toEqual([]);
  });

  it('hands over a closed window again when something of it is seen late', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    await rig.looks(run, 38);
    const [cut] = rig.windows;
    expect(rig.prove(cut!).verdict.verdict).toBe('pass');
    rig.rowAt('tool_run', cut!.toMs - 900);
    await rig.looks(run, 1);
    expect(rig.windows).toEqual([cut, cut]);
    run.evidence.commit();
    expect(ruleOf(rig.prove(cut!).proof, 'background-tool-run')).toBe('fail');
    await run.close('shutdown', []);
  });

  it('hands over a closed window again for a row that says it was in it, and came later', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    await rig.looks(run, 43);
    const [cut] = rig.windows;
    expect(rig.prove(cut!).verdict.verdict).toBe('pass');
    // An app that keeps its rows back: this one was not there when the window closed.
    rig.rowAt('tool_run', cut!.toMs - 10_000);
    await rig.looks(run, 1);
    expect(rig.windows).toEqual([cut, cut]);
    run.evidence.commit();
    expect(ruleOf(rig.prove(cut!).proof, 'background-tool-run')).toBe('fail');
    await run.close('shutdown', []);
  });

  it.skipIf(!isRoot('what the watchdog plants, as the kernel traces it'))(
    'takes nothing that it plants itself for a user',
    async () => {
      rig = new WatchRig(QUIET);
      const anyConnection: Cause = { activity: 'network', match: { op: ['connect', 'accept', 'send'] } };
      rig.plan = { ...rig.plan, user: [anyConnection] };
      const run = await rig.open();
      await rig.looks(run, 40);
      expect(run.lastActionMs).toBeNull();
      expect(rig.voided).toEqual([]);
      await run.close('shutdown', []);
      expect(rig.windows.map(({ closedBy }) => closedBy)).toEqual(['maxDuration', 'shutdown']);
      // It was seen all the same: the claim rests on that.
      const { proof } = rig.prove(rig.windows[0]!);
      expect(proof.controls).toContainEqual(expect.objectContaining({ name: 'tcp', caught: true }));
    },
  );

  it('ends at once however long its tick is', async () => {
    rig = new WatchRig(HAND, 'tick: 1h\n');
    const run = await rig.open();
    const toldMs = rig.clock.nowMs();
    await run.close('shutdown', []);
    expect(rig.clock.nowMs() - toldMs).toBeLessThan(60_000);
  });

  it('sees at shutdown who used the app a moment before', async () => {
    rig = new WatchRig(QUIET);
    const run = await rig.open();
    await rig.looks(run, 28);
    const usedMs = rig.clock.nowMs();
    const closing = run.close('shutdown', []);
    // Written after the last look of the window, and stamped before it.
    rig.rowAt('user_message', usedMs);
    await closing;
    expect(rig.windows.at(-1)).toMatchObject({ closedBy: 'user' });
    await run.byHand('quiet', 'open');
    expect(run.states.every(({ phase }) => phase !== 'open')).toBe(true);
  });
});

describe('an events table that comes later', () => {
  it('begins anew once it can be read, so that it is not held against later windows', async () => {
    rig = new WatchRig(HAND);
    const { name } = rig.database;
    renameSync(name, `${name}.away`);
    const run = await rig.open();
    const watching = run.watch(AbortSignal.timeout(60_000));
    renameSync(`${name}.away`, name);
    expect(await watching).toBe('an events table can be read now');
    await run.close('reload', []);
  });

  it('waits for the end of a window that is open', async () => {
    rig = new WatchRig('{ id: quiet, trigger: user-quiet, quietFor: 3s, settle: 2s, maxDuration: 40s }');
    const { name } = rig.database;
    renameSync(name, `${name}.away`);
    const run = await rig.open();
    const opened = async (): Promise<void> => {
      do await rig.looks(run, 1);
      while (!run.isAnyOpen);
    };
    await opened();
    renameSync(`${name}.away`, name);
    expect(await run.watch(AbortSignal.timeout(60_000))).toBe('an events table can be read now');
    await run.close('reload', []);
    expect(lengthsOf(rig.windows)[0]).toBeGreaterThanOrEqual(39);
  });
});

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
    const signal = AbortSignal.timeout(8_000);
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

describe('readings that take their time', () => {
  it('may be under way when somebody opens a window', async () => {
    rig = new WatchRig(HAND);
    // A tick is so long as a reading may take on a busy host; nobody waits for it here. Readings tell ages by the real clock.
    rig.plan = { ...rig.plan, collectors: 'portable', tickMs: 30_000 };
    const run = await rig.open(systemClock());
    const stop = new AbortController();
    const watching = run.watch(stop.signal);
    for (const op of ['open', 'close', 'open', 'close'] as const) {
      // A breath of the clock, then the readings: some tens of milliseconds.
      await sleep(20);
      await run.byHand('hand', op);
      expect(run.isAnyOpen).toBe(op === 'open');
    }
    stop.abort();
    expect(await watching).toBeNull();
    await run.close('shutdown', []);
    expect(rig.windows.map(({ closedBy }) => closedBy)).toEqual(['manual', 'manual']);
    for (const window of rig.windows) expect(rig.prove(window).proof.coverage.share).toBe(1);
    expect(rig.lookTimes).toEqual(rig.lookTimes.toSorted((a, b) => a - b));
  });
});

describe('what cannot be read or written', () => {
  it('is inconclusive where the database is locked beyond the end of the window', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 8);
    const unlock = await rig.lock('EXCLUSIVE', 'tool_run');
    await rig.looks(run, 15);
    await run.byHand('hand', 'close');
    expect(run.evidence.isPending).toBe(true);
    const [window] = rig.windows;
    await rig.looks(run, 5);
    run.evidence.giveUp(window!);
    run.evidence.commit();
    const { proof } = rig.prove(window!);
    expect(ruleOf(proof, 'background-tool-run')).toBe('inconclusive');
    expect(proof.verdict).toBe('inconclusive');
    await unlock();
    await rig.looks(run, 12);
    // Seen late: it belongs to the window after all.
    expect(rig.windows).toHaveLength(2);
    await run.close('shutdown', []);
    expect(ruleOf(rig.prove(window!).proof, 'background-tool-run')).toBe('fail');
  });

  it('is inconclusive where the lock is there at the shutdown', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 30);
    const unlock = await rig.lock('IMMEDIATE', 'tool_run');
    await run.close('shutdown', []);
    await unlock();
    const { proof } = rig.prove(rig.windows[0]!);
    expect(ruleOf(proof, 'background-tool-run')).toBe('inconclusive');
  });

  it('sees what was written under a lock that was let go in the middle of the window', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 5);
    const unlock = await rig.lock('EXCLUSIVE', 'tool_run');
    await rig.looks(run, 15);
    await unlock();
    await rig.looks(run, 12);
    await run.byHand('hand', 'close');
    expect(ruleOf(rig.prove(rig.windows[0]!).proof, 'background-tool-run')).toBe('fail');
    await run.close('shutdown', []);
  });

  it('waits in memory for a disk that is full for a while, and loses nothing', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 8);
    rig.refusal = 'disk full';
    rig.row('tool_run');
    await rig.looks(run, 12);
    await run.byHand('hand', 'close');
    const [window] = rig.windows;
    expect(() => rig.prove(window!)).toThrow(/window/i);
    rig.refusal = null;
    run.evidence.commit();
    expect(rig.problems).toEqual(['disk full', null]);
    expect(ruleOf(rig.prove(window!).proof, 'background-tool-run')).toBe('fail');
    await run.close('shutdown', []);
  });

  it('lets no window pass of which evidence was given up', async () => {
    rig = new WatchRig(HAND);
    const run = await rig.open();
    await run.byHand('hand', 'open');
    await rig.looks(run, 100);
    rig.row('tool_run');
    rig.patient.lost += 5;
    await run.byHand('hand', 'close');
    await run.close('reload', []);
    const { proof } = rig.prove(rig.windows[0]!);
    expect(proof.verdict).not.toBe('pass');
    expect(ruleOf(proof, 'network-activity')).toBe('inconclusive');
    expect(JSON.stringify(proof.coverage)).toContain('evidence was lost');
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
