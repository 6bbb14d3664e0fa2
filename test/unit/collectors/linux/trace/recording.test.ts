import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, Recording } from '../../../../../src/collectors/linux/trace/recording.ts';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';
import { tracePages } from '../../../../support/trace-fixtures.ts';
import { RecordedInstance } from './instance.ts';

const PAGES = tracePages('pages.bin');
const LATE = Number.MAX_SAFE_INTEGER;

function recording(instance: RecordedInstance = new RecordedInstance()): Recording {
  return new Recording(instance, () => true);
}
function draining(...drains: RecordedInstance['drains']): RecordedInstance {
  const instance = new RecordedInstance();
  instance.drains = drains;
  return instance;
}
const whole = { pages: PAGES, isOver: true };
const unfinished = { pages: [], isOver: false };
const ALL: readonly KernelRecord[] = recording(draining(whole)).read(LATE, false).records;
const times = (records: readonly KernelRecord[]): number[] => records.map(({ atNs }) => atNs);

/** A page whose number of bytes makes no sense. */
function damagedPage(): DataView {
  const page = new DataView(new ArrayBuffer(4096));
  page.setUint32(8, 0x3fffffff, true);
  return page;
}

describe('a reading', () => {
  it('is in order of time, though CPUs are read one after the other', () => {
    expect(ALL.length).toBeGreaterThan(50);
    const { records } = recording(draining({ pages: PAGES.toReversed(), isOver: true })).read(LATE, false);
    expect(times(records)).toEqual(times(ALL).toSorted((one, other) => one - other));
  });

  it('keeps back what is newer than its beginning, and gives everything once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(ALL.length - 1), { maxLength: 5 }), (indices) => {
        const read = recording(draining(whole));
        const told: KernelRecord[] = [];
        for (const index of indices.toSorted((one, other) => one - other)) {
          const upToNs = ALL[index]!.atNs;
          const { records } = read.read(upToNs, false);
          expect(times(records).every((atNs) => atNs <= upToNs)).toBe(true);
          told.push(...records);
        }
        told.push(...read.read(LATE, false).records);
        expect(times(told)).toEqual(times(ALL));
      }),
    );
  });

  it('waits as a whole where a CPU wrote faster than it could be read: what is left is older', () => {
    const [first, ...others] = PAGES;
    const instance = draining(
      { pages: others, isOver: false },
      unfinished,
      unfinished,
      unfinished,
      unfinished,
    );
    instance.counts.entries = 7;
    const read = recording(instance);
    expect(read.read(LATE, false)).toEqual({ records: [], lost: 0, isComplete: false });
    instance.drains = [{ pages: [first!], isOver: true }];
    const { records, isComplete } = read.read(LATE, false);
    expect(isComplete).toBe(true);
    expect(times(records)).toEqual(times(ALL));
  });

  it('is complete where a CPU that never stops writing was read to beyond its beginning', () => {
    const middle = ALL[ALL.length >> 1]!.atNs;
    const busy = Array.from({ length: 4 }, () => unfinished);
    const instance = draining({ ...whole, isOver: false }, ...busy);
    instance.counts.entries = 7;
    const read = recording(instance);
    const { records, isComplete } = read.read(middle, false);
    expect(isComplete).toBe(true);
    expect(times(records)).toEqual(times(ALL).filter((atNs) => atNs <= middle));
    expect(times([...records, ...read.read(LATE, true).records])).toEqual(times(ALL));
  });

  it('waits where it is another CPU that never stops: what was read of this one says nothing of that', () => {
    const middle = ALL[ALL.length >> 1]!.atNs;
    const busy = Array.from({ length: 4 }, () => ({ ...unfinished, busyCpu: 1 }));
    const instance = draining({ ...whole, isOver: false, busyCpu: 1 }, ...busy);
    instance.counts.entries = 7;
    const read = recording(instance);
    expect(read.read(middle, false)).toEqual({ records: [], lost: 0, isComplete: false });
    expect(times(read.read(LATE, false).records)).toEqual(times(ALL));
  });

  it('at a window’s edge gives what there is, and says that it is not all', () => {
    const instance = draining({ ...whole, isOver: false }, unfinished, unfinished, unfinished, unfinished);
    instance.counts.entries = 7;
    const { records, isComplete } = recording(instance).read(LATE, true);
    expect(isComplete).toBe(false);
    expect(records).toHaveLength(ALL.length);
  });

  it('is complete where nothing is left, though a page is being written to', () => {
    const instance = draining(unfinished, unfinished, unfinished, unfinished, unfinished);
    expect(recording(instance).read(LATE, false)).toEqual({ records: [], lost: 0, isComplete: true });
  });

  it('tries again where there was more to come', () => {
    const instance = draining(unfinished, whole);
    expect(recording(instance).read(LATE, false)).toMatchObject({ isComplete: true, lost: 0 });
    expect(instance.log).not.toContain('stats');
  });
});

describe('what was lost', () => {
  it('is counted once, also when no page told of it', () => {
    const instance = new RecordedInstance();
    const read = recording(instance);
    instance.counts = { ...instance.counts, overrun: 3, commitOverrun: 2, dropped: 1 };
    expect(read.read(LATE, false).lost).toBe(0);
    expect(read.read(LATE, true).lost).toBe(6);
    expect(read.read(LATE, true).lost).toBe(0);
  });

  it('is what the pages told, where the kernel has no more to say', () => {
    const instance = draining({ pages: tracePages('overrun.bin'), isOver: true });
    const { lost, isComplete } = recording(instance).read(LATE, false);
    expect(isComplete).toBe(true);
    expect(lost === null || lost > 0).toBe(true);
    expect(instance.log).toContain('stats');
  });

  it('is an unknown number, and not none, where a page made no sense', () => {
    const instance = draining({ pages: [damagedPage(), ...PAGES], isOver: true });
    const { lost, records } = recording(instance).read(LATE, false);
    expect(lost).toBeNull();
    expect(records).toHaveLength(ALL.length);
  });

  it('fails as a whole where the trace cannot be read', () => {
    const instance = new RecordedInstance();
    instance.problem = new Error('gone');
    expect(() => recording(instance).read(LATE, false)).toThrow('gone');
  });
});

describe('the events of a recording', () => {
  it('are those that are wanted and that the kernel has: nothing is asked of others', () => {
    const instance = new RecordedInstance();
    instance.lacking = ['sock/sock_send_length'];
    const read = new Recording(instance, (event) => event.startsWith('sock/'));
    expect(read.has('sock/sock_recv_length')).toBe(true);
    expect(read.has('sock/sock_send_length')).toBe(false);
    expect(read.has('sched/sched_waking')).toBe(false);
    read.filter('sock/sock_send_length', 'family != 1');
    read.filter('sock/sock_recv_length', 'family != 1');
    read.enable(true);
    read.filterEach(() => 'comm ~ "iou-*"');
    expect(instance.log).toEqual([
      'filter sock/sock_recv_length: family != 1',
      'enable sock/inet_sock_set_state',
      'enable sock/sock_recv_length',
      'filter sock/inet_sock_set_state: comm ~ "iou-*"',
      'filter sock/sock_recv_length: comm ~ "iou-*"',
    ]);
  });
});

describe('several readings', () => {
  it('are one, in order of time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: ALL.length, maxLength: ALL.length }), (which) => {
        const parts = [0, 1, 2].map((part) => ({
          records: ALL.filter((_, index) => which[index] === part),
          lost: 0,
          isComplete: true,
        }));
        expect(times(inOrder(parts))).toEqual(times(ALL));
      }),
      { numRuns: 20 },
    );
    expect(inOrder([])).toEqual([]);
  });
});
