import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite } from '../../../../src/os/sqlite.ts';
import { Outbox } from '../../../../src/alerts/outbox.ts';
import { AlertPost } from '../../../../src/daemon/alert-post.ts';
import { ProofQueue } from '../../../../src/daemon/proofs/proof-queue.ts';
import type { WatchRun } from '../../../../src/daemon/watch/watch-run.ts';
import { quietLog } from '../../../support/quiet-log.ts';
import { WatchRig } from '../../../support/watch-rig.ts';

const MINUTE = 60_000;

let rig: WatchRig;
let run: WatchRun;
let post: AlertPost;
let queue: ProofQueue;
let verdicts: string[];
let problems: (string | null)[];
let givenUp: string[][];

/** A window of some looks that was opened and closed by hand. */
beforeEach(async () => {
  rig = new WatchRig('{ id: hand, trigger: manual, settle: 0s }');
  const outbox = Outbox.open({
    path: join(rig.folder, 'outbox.db'),
    sinks: [],
    random: () => 0,
    log: () => {},
  });
  post = new AlertPost(outbox, quietLog().log);
  [verdicts, problems, givenUp] = [[], [], []];
  queue = new ProofQueue(rig.storePath, post, {
    lost: () => rig.patient.lost,
    onVerdict: ({ verdict }) => verdicts.push(verdict),
    onProblem: (_, problem) => problems.push(problem),
    onGivenUp: ({ id }, problem, dir) => givenUp.push([id, problem, dir]),
  });
  run = await rig.open();
  await run.byHand('hand', 'open');
  await rig.looks(run, 15);
  await run.byHand('hand', 'close');
});
afterEach(async () => {
  run.release();
  await post.close();
  rig.close();
});

const proofs = (): string[] => readdirSync(join(rig.folder, 'reports'));

it('writes one proof, however often its alerts are not taken', () => {
  const [window] = rig.windows;
  queue.add(window!);
  const other = openSqlite(join(rig.folder, 'outbox.db'));
  other.exec('BEGIN IMMEDIATE');
  queue.proveDue(window!.toMs + MINUTE, rig.plan, run.evidence);
  expect({ verdicts, left: queue.windows.length, proofs: proofs().length }).toEqual({
    verdicts: [],
    left: 1,
    proofs: 1,
  });
  expect(problems.join()).toContain('locked');
  other.exec('ROLLBACK');
  other.close();
  queue.proveDue(window!.toMs + 3 * MINUTE, rig.plan, run.evidence);
  expect({ verdicts: verdicts.length, left: queue.windows.length, proofs: proofs().length }).toEqual({
    verdicts: 1,
    left: 0,
    proofs: 1,
  });
  expect(problems.at(-1)).toBeNull();
});

it('judges nothing by evidence that the disk has not taken', async () => {
  const [window] = rig.windows;
  queue.add(window!);
  rig.refusal = 'disk full';
  rig.rowAt('tool_run', window!.toMs - 1_000);
  await rig.looks(run, 2);
  queue.proveDue(window!.toMs + MINUTE, rig.plan, run.evidence);
  queue.flush(rig.plan, window!.toMs + MINUTE, run.evidence);
  expect({ verdicts, left: queue.windows.length, proofs: proofs() }).toEqual({
    verdicts: [],
    left: 1,
    proofs: [],
  });
  rig.refusal = null;
  queue.proveDue(window!.toMs + 2 * MINUTE, rig.plan, run.evidence);
  expect(verdicts).toEqual(['fail']);
});

it('lets no window pass of which rows were given up after it had closed', () => {
  const [window] = rig.windows;
  queue.add(window!);
  // As the store does it when too much waits.
  rig.patient.lost += 5;
  queue.proveDue(window!.toMs + MINUTE, rig.plan, run.evidence);
  expect(verdicts).toEqual(['inconclusive']);
  expect(proofs()).toHaveLength(1);
});

it('judges nothing in the moment in which rows are given up', () => {
  const [window] = rig.windows;
  let lost = 0;
  const late = new ProofQueue(rig.storePath, post, {
    lost: () => lost,
    onVerdict: ({ verdict }) => verdicts.push(verdict),
    onProblem: (_, problem) => problems.push(problem),
    onGivenUp: ({ id }, problem, dir) => givenUp.push([id, problem, dir]),
  });
  late.add(window!);
  const evidence = {
    isPending: false,
    giveUp: () => {},
    spoil: () => {},
    waitedFor: () => {},
    commit: () => {
      lost += 5;
      return true;
    },
  };
  late.proveDue(window!.toMs + MINUTE, rig.plan, evidence);
  expect({ verdicts, left: late.windows.length }).toEqual({ verdicts: [], left: 1 });
});

it('says of a window that it is not tried again, once, and not of one that will be', () => {
  const [window] = rig.windows;
  const blind = new ProofQueue(join(rig.folder, 'gone.db'), post, {
    lost: () => 0,
    onVerdict: ({ verdict }) => verdicts.push(verdict),
    onProblem: (_, problem) => problems.push(problem),
    onGivenUp: ({ id }, problem, dir) => givenUp.push([id, problem, dir]),
  });
  blind.add(window!);
  for (let minute = 1; minute <= 30; minute += 1)
    blind.proveDue(window!.toMs + minute * MINUTE, rig.plan, run.evidence);
  expect({ givenUp, left: blind.windows.length }).toEqual({ givenUp: [], left: 1 });
  for (let minute = 31; minute <= 90; minute += 1)
    blind.proveDue(window!.toMs + minute * MINUTE, rig.plan, run.evidence);
  expect(givenUp).toEqual([['hand', expect.stringContaining('gone.db'), rig.plan.reports.dir]]);
  expect({ verdicts, left: blind.windows.length }).toEqual({ verdicts: [], left: 0 });
});

it('writes a proof as soon as its folder takes it, by the rules that the window was judged by, and tells it once', async () => {
  const [window] = rig.windows;
  const dir = rig.plan.reports.dir;
  rmSync(dir, { recursive: true, force: true });
  writeFileSync(dir, '');
  rig.rowAt('tool_run', window!.toMs - 1_000);
  await rig.looks(run, 2);
  queue.add(window!);
  queue.proveDue(window!.toMs + MINUTE, rig.plan, run.evidence);
  expect({ verdicts, left: queue.windows.length }).toEqual({ verdicts: ['fail'], left: 1 });
  // For longer than what cannot be judged is tried.
  for (let minute = 2; minute <= 100; minute += 1)
    queue.proveDue(window!.toMs + minute * MINUTE, rig.plan, run.evidence);
  expect({ verdicts, left: queue.windows.length, givenUp }).toEqual({
    verdicts: ['fail'],
    left: 1,
    givenUp: [],
  });
  rmSync(dir);
  queue.proveDue(window!.toMs + 102 * MINUTE, { ...rig.plan, packs: [] }, run.evidence);
  expect({ verdicts, left: queue.windows.length, proofs: proofs().length }).toEqual({
    verdicts: ['fail', 'fail'],
    left: 0,
    proofs: 1,
  });
  expect(problems.at(-1)).toBeNull();
});
