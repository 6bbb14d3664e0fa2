import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Cause } from '../../../../src/core/rules/pack.ts';
import { systemClock } from '../../../../src/os/clock.ts';
import { isRoot } from '../../../support/programs.ts';
import { HAND, lengthsOf, QUIET, verdictOf, WatchRig } from '../../../support/watch-rig.ts';

let rig: WatchRig;
afterEach(() => rig.close());

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
    expect(verdictOf(proof, 'background-tool-run')).toBe('inconclusive');
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
    expect(verdictOf(rig.prove(cut!).proof, 'background-tool-run')).toBe('fail');
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
    expect(verdictOf(rig.prove(cut!).proof, 'background-tool-run')).toBe('fail');
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
