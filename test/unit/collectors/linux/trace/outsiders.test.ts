import { describe, expect, it } from 'vitest';
import { Lives } from '../../../../../src/collectors/linux/trace/lives.ts';
import { Outsiders } from '../../../../../src/collectors/linux/trace/outsiders.ts';
import type { Reading } from '../../../../../src/collectors/linux/trace/recording.ts';
import type { Look } from '../../../../../src/model/collector.ts';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';
import type { CgroupEntry } from '../../../../../src/model/outsider.ts';

const LOOK: Look = {
  nowMs: 2000,
  previousMs: 1000,
  full: false,
  processes: [],
  moved: new Set(),
  started: [],
  ended: [],
};

const MOVED: KernelRecord = {
  event: 'cgroup-attach',
  atNs: 1e9,
  tid: 7,
  context: 'task',
  attachedTid: 40,
  name: 'sh',
  path: '/app',
};

/** What the targets are told after each reading of the host's records; by default nothing is missing. */
function told(...readings: (Partial<Reading> & { thoroughly?: boolean })[]) {
  const entries: (readonly Pick<CgroupEntry, 'pid'>[] | null)[] = [];
  let missedStarts = 0;
  const outsiders = new Outsiders(
    {
      suspect: () => {},
      missStarts: () => {
        missedStarts += 1;
      },
      noteEntered: (entered) => {
        entries.push(entered?.map(({ pid }) => ({ pid })) ?? null);
        return [];
      },
    },
    {
      lives: new Lives(),
      exeOf: () => null,
      ports: () => [],
      recordAt: () => true,
      toMs: (ns) => ns / 1e6,
      look: () => 1,
      wasTold: () => false,
    },
  );
  outsiders.begin(LOOK);
  for (const { thoroughly = false, ...reading } of readings) {
    const readHost = (): Reading => ({ records: [], lost: 0, isComplete: true, ...reading });
    outsiders.read({ readHost, hasEntries: true, isHostOurs: true }, 2e9, thoroughly);
    outsiders.tell(LOOK);
  }
  const { unheard } = outsiders.countArrivals(2000).values;
  return { entries, missedStarts, unheard };
}

describe('what others on the host do', () => {
  it('is told when the kernel tells it, also where that is a look later', () => {
    const all = { entries: [[{ pid: 40 }]], missedStarts: 0, unheard: 0 };
    expect(told({ records: [MOVED] })).toEqual(all);
    expect(told({ isComplete: false }, { isComplete: false }, { records: [MOVED] })).toEqual(all);
  });

  it.each<[string, Partial<Reading> & { thoroughly?: boolean }]>([
    ['were lost', { lost: 1 }],
    ['were lost, nobody knows how many', { lost: null }],
    ['were lost, and others are late', { lost: 1, isComplete: false }],
    ['are not told of at an edge of a window', { isComplete: false, thoroughly: true }],
  ])('is not known where records %s', (_, reading) => {
    expect(told(reading)).toEqual({ entries: [null], missedStarts: 1, unheard: 1 });
  });
});
