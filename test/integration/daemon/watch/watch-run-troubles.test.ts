import { renameSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { HAND, lengthsOf, verdictOf, WatchRig } from '../../../support/watch-rig.ts';

let rig: WatchRig;
afterEach(() => rig.close());

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
    expect(verdictOf(proof, 'background-tool-run')).toBe('inconclusive');
    expect(proof.verdict).toBe('inconclusive');
    await unlock();
    await rig.looks(run, 12);
    // Seen late: it belongs to the window after all.
    expect(rig.windows).toHaveLength(2);
    await run.close('shutdown', []);
    expect(verdictOf(rig.prove(window!).proof, 'background-tool-run')).toBe('fail');
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
    expect(verdictOf(proof, 'background-tool-run')).toBe('inconclusive');
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
    expect(verdictOf(rig.prove(rig.windows[0]!).proof, 'background-tool-run')).toBe('fail');
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
    expect(verdictOf(rig.prove(window!).proof, 'background-tool-run')).toBe('fail');
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
    expect(verdictOf(proof, 'network-activity')).toBe('inconclusive');
    expect(JSON.stringify(proof.coverage)).toContain('evidence was lost');
  });
});
