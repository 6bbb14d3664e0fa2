import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LookReader } from '../../../../../src/collectors/linux/look-reader.ts';
import { Following } from '../../../../../src/collectors/linux/trace/following.ts';
import { Lives } from '../../../../../src/collectors/linux/trace/lives.ts';
import { Recordings } from '../../../../../src/collectors/linux/trace/recordings.ts';
import type { NewTaskRecord } from '../../../../../src/model/kernel-record.ts';
import { type ProcFolder, procFolder, someProcess, statLine } from '../../../../support/proc-folder.ts';
import { lookAt } from '../look.ts';
import { RecordedInstance } from './instance.ts';

const SELF = 900;
const app = someProcess(7, { id: 1 });
let proc: ProcFolder;
let instances: RecordedInstance[];
let lives: Lives;
let following: Following;

function threads(pid: number, ...tids: number[]): void {
  proc.write(`${pid}/stat`, statLine(pid));
  for (const tid of tids) proc.write(`${pid}/task/${tid}/status`, 'Name:\tapp\nState:\tS (sleeping)\n');
}
const followed = (): string[] => instances[0]!.log.filter((line) => line.startsWith('follow '));
const task = (tid: number, newTid: number, isThread: boolean, cloneFlags = 0): NewTaskRecord => ({
  event: 'new-task',
  context: 'task',
  atNs: 2e9,
  tid,
  newTid,
  name: 'app',
  isThread,
  cloneFlags,
});

beforeEach(() => {
  proc = procFolder();
  threads(7, 7, 8);
  proc.link('7/fd/0', '/dev/null');
  instances = [];
  const recordings = new Recordings(instance);
  lives = new Lives();
  following = new Following(recordings, lives, new LookReader(proc.procfs));
});
afterEach(() => proc.remove());

describe('the beginning', () => {
  it('follows every thread before anything is recorded: until then, everybody would be', () => {
    expect(following.begin(lookAt([app]), SELF)).toEqual([]);
    expect(instances[0]!.log[0]).toBe(`follow ${SELF} 7 8`);
    expect([7, 8, SELF].map((tid) => lives.of(tid)?.pid)).toEqual([7, 7, SELF]);
    expect(following.problem).toBeNull();
  });

  it('lists again until no thread is new', () => {
    instances[0]!.onFollow = () => {
      if (followed().length === 1) threads(7, 9);
    };
    expect(following.begin(lookAt([app]), SELF)).toEqual([]);
    expect(followed()).toEqual([`follow ${SELF} 7 8`, 'follow 9', 'follow ']);
    expect(lives.of(9)?.pid).toBe(7);
  });

  it('gives up on a process that creates threads faster than it can be listed, and says so', () => {
    let next = 10;
    instances[0]!.onFollow = () => threads(7, next++);
    const failures = following.begin(lookAt([app]), SELF);
    expect(failures).toEqual([
      { target: 'app', reason: expect.stringContaining('kept creating threads while it was listed') },
    ]);
  });

  it('says whom the kernel refused to follow, for good', () => {
    instances[0]!.refused = [{ tid: 8, reason: 'no memory' }];
    const failures = following.begin(lookAt([app]), SELF);
    expect(failures).toEqual([
      { target: 'app', reason: expect.stringContaining('cannot be followed: no memory') },
    ]);
    expect(following.problem).toBe(failures[0]?.reason);
  });

  it('tells no target that the watchdog was refused, but claims nothing either', () => {
    instances[0]!.refused = [{ tid: SELF, reason: 'no memory' }];
    expect(following.begin(lookAt([app]), SELF)).toEqual([]);
    expect(following.problem).toContain('no memory');
  });

  it('records the workers of io_uring where a target uses it', () => {
    following.begin(lookAt([app]), SELF);
    expect(instances).toHaveLength(3);
    proc.link('7/fd/3', 'anon_inode:[io_uring]');
    const other = new Following(new Recordings(instance), new Lives(), new LookReader(proc.procfs));
    other.begin(lookAt([app]), SELF);
    expect(instances).toHaveLength(7);
  });
});

function instance(): RecordedInstance {
  const one = new RecordedInstance();
  instances.push(one);
  return one;
}

/** All records were read. */
const greet = (
  started: Parameters<Following['meet']>[0]['started'],
  ranForNs: Parameters<Following['meet']>[1],
): ReturnType<Following['meet']> => following.meet({ started, listed: [], isAllRead: true }, ranForNs);
const checkThreads = (listed: ReturnType<Following['listThreads']>): ReturnType<Following['meet']> =>
  following.meet({ started: [], listed, isAllRead: true }, () => null);

describe('processes that a look finds', () => {
  const child = someProcess(20, { id: 2, startTicks: 200 });

  it('are followed already where their creation was recorded', () => {
    following.begin(lookAt([app]), SELF);
    lives.record(task(7, 20, false));
    expect(greet([child], () => null)).toEqual([]);
    expect(lives.of(20)?.process).toBe(child);
    expect(followed()).toHaveLength(2);
  });

  it('are met when all records are read, and not before', () => {
    following.begin(lookAt([app]), SELF);
    expect(following.meet({ started: [child], listed: [], isAllRead: false }, () => null)).toEqual([]);
    lives.record(task(7, 20, false));
    expect(greet([], () => null)).toEqual([]);
    const stranger = someProcess(30, { id: 3, startTicks: 300 });
    expect(following.meet({ started: [stranger], listed: [], isAllRead: false }, () => null)).toEqual([]);
    expect(greet([], () => null)).toHaveLength(1);
    expect(greet([], () => null)).toEqual([]);
  });

  it.each([
    [null, 'ran for a while before it was followed'],
    [5e6, 'ran for less than 0.01 s before it was followed'],
    [1.234e9, 'ran for 1.23 s before it was followed'],
  ])('came too late where it was not: %d', (ranForNs, words) => {
    following.begin(lookAt([app]), SELF);
    threads(20, 20, 21);
    expect(greet([child], () => ranForNs)).toEqual([
      { target: 'app', reason: expect.stringContaining(words) },
    ]);
    expect(followed()).toContain('follow 20 21');
  });

  it('are others where a number was given again: neither the record nor the process before is theirs', () => {
    following.begin(lookAt([app]), SELF);
    lives.record(task(7, 20, false));
    const other = someProcess(20, { id: 2, startTicks: 900 });
    expect(greet([other], () => null)).toHaveLength(1);
    // The end of the one before was never told of.
    const again = someProcess(7, { id: 3, startTicks: 999 });
    expect(greet([again], () => null)).toHaveLength(1);
    expect(lives.of(7)?.process).toBe(again);
  });
});

describe('threads that nobody told of', () => {
  it('are a failure once, and followed from then on', () => {
    const look = lookAt([app]);
    following.begin(look, SELF);
    threads(7, 9);
    const later = lookAt([app]);
    const listed = following.listThreads(later);
    expect(checkThreads(listed)).toEqual([
      { target: 'app', reason: expect.stringContaining('had a thread that was not followed') },
    ]);
    expect(followed()).toContain('follow 7 8 9');
    expect(checkThreads(following.listThreads(lookAt([app])))).toEqual([]);
  });

  it('are none where a record told of them after they were listed', () => {
    following.begin(lookAt([app]), SELF);
    threads(7, 9);
    const listed = following.listThreads(lookAt([app]));
    lives.record(task(8, 9, true));
    expect(checkThreads(listed)).toEqual([]);
  });

  it('are not looked for where nobody ran, and a process that is gone has none', () => {
    following.begin(lookAt([app]), SELF);
    expect(following.listThreads(lookAt([app], { moved: new Set() }))).toEqual([]);
    proc.remove('7');
    expect(checkThreads(following.listThreads(lookAt([app])))).toEqual([]);
  });
});

describe('workers of io_uring', () => {
  const IO_WORKER = 0x80000000 + 0x00800000;

  it('were too late once, for the process or for the target of its nearest known ancestor', () => {
    following.begin(lookAt([app]), SELF);
    lives.record(task(7, 30, true, IO_WORKER));
    lives.record(task(7, 40, false));
    lives.record(task(40, 41, true, IO_WORKER));
    const { workers } = lives.take(3e9);
    expect(workers).toEqual([30, 41]);
    const failures = following.greetWorkers(workers);
    expect(failures.map(({ target }) => target)).toEqual(['app', 'app']);
    expect(failures[0]?.reason).toContain('had a worker of io_uring before it could be recorded');
    expect(following.greetWorkers([30])).toEqual([]);
  });

  it('of the watchdog are nobody’s failure', () => {
    following.begin(lookAt([app]), SELF);
    lives.record(task(SELF, 901, true, IO_WORKER));
    expect(following.greetWorkers(lives.take(3e9).workers)).toEqual([]);
    expect(instances).toHaveLength(3);
  });
});
