import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTracePage } from '../../../../src/core/parse/trace-page.ts';
import { TRACE_EVENTS, traceDecoder } from '../../../../src/core/parse/trace-records.ts';
import type { KernelRecord } from '../../../../src/model/kernel-record.ts';
import { recordsOf } from '../../../support/kernel-records.ts';
import { traceFormats, tracePageHeader, tracePages } from '../../../support/trace-fixtures.ts';

const FORMATS = traceFormats();
const HEADER = tracePageHeader();

function recorded(): KernelRecord[] {
  const decoder = traceDecoder(FORMATS);
  const records: KernelRecord[] = [];
  for (const page of tracePages('pages.bin')) {
    const missed = parseTracePage(page, HEADER, (atNs, offset, length) => {
      const record = decoder.decode(page, offset, length, atNs);
      if (record !== null) records.push(record);
    });
    expect(missed).toBe(0);
  }
  expect(decoder.damaged).toBe(0);
  return records;
}

const RECORDS = recorded();
const of = <E extends KernelRecord['event']>(event: E): ReturnType<typeof recordsOf<E>> =>
  recordsOf(RECORDS, event);
const MAIN = RECORDS[0]!.tid;

describe('records of a real trace', () => {
  it('are in order of time', () => {
    const times = RECORDS.map(({ atNs }) => atNs);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times.at(-1)! - times[0]!).toBeLessThan(1e9);
  });

  it('hold the life of a TCP connection at both ends, with what was in whose context', () => {
    const life = of('socket-state').slice(1, 11);
    expect(life[0]).toMatchObject({
      event: 'socket-state',
      tid: MAIN,
      context: 'task',
      protocol: 6,
      oldState: 7,
      newState: 2,
      local: { ip: '127.0.0.1', port: 0 },
      remote: { ip: '127.0.0.1', port: 40100 },
    });
    expect(life.map(({ context, newState }) => [newState, context])).toEqual([
      [2, 'task'],
      [1, 'task'],
      [3, 'softirq'],
      [1, 'softirq'],
      [4, 'task'],
      [8, 'softirq'],
      [9, 'task'],
      [5, 'softirq'],
      [7, 'softirq'],
      [7, 'task'],
    ]);
  });

  it('join a transfer to its connection by the socket', () => {
    const opened = of('socket-state').find(({ newState }) => newState === 2);
    const accepted = of('socket-state').find(({ newState }) => newState === 3);
    expect(of('send')[0]).toMatchObject({ socket: opened!.socket, family: 2, protocol: 6, result: 5 });
    expect(of('receive')[0]).toMatchObject({ socket: accepted!.socket, family: 2, protocol: 6, result: 5 });
    expect(of('socket-address')).toMatchObject([
      { socket: accepted!.socket, local: accepted!.local, remote: accepted!.remote },
    ]);
    expect(opened!.socket).toBeGreaterThan(2 ** 32);
    expect(opened!.socket).toBeLessThan(2 ** 48);
  });

  it('write IPv4 inside IPv6 as IPv4', () => {
    const remotes = of('socket-state')
      .filter(({ newState }) => newState === 2)
      .map(({ remote }) => remote);
    expect(remotes).toEqual([
      { ip: '127.0.0.1', port: 40100 },
      { ip: '127.0.0.1', port: 40100 },
    ]);
  });

  it('hold where datagrams went, and that there was no way', () => {
    const udp = of('route')
      .filter(({ protocol, context }) => protocol === 17 && context === 'task')
      .map(({ table, remote, error }) => [table, `${remote.ip} ${remote.port}`, error]);
    expect(udp).toEqual([
      [255, '::1 40101', 0],
      [255, '2001:db8::1 40102', -113],
      [254, '2001:db8::1 40102', -113],
      [255, '2001:db8::1 40102', -113],
      [254, '2001:db8::1 40102', -113],
      [254, '127.0.0.1 40103', 0],
      [254, '203.0.113.7 40104', -11],
    ]);
    expect(of('send').map(({ family, protocol, result }) => [family, protocol, result])).toEqual([
      [2, 6, 5],
      [10, 17, 9],
      [10, 17, -101],
      [2, 17, 7],
      [2, 17, -101],
    ]);
  });

  it('hold threads, programs and ends', () => {
    const [thread, child] = of('new-task');
    expect(thread).toMatchObject({ tid: MAIN, isThread: true, name: 'python3' });
    expect(child).toMatchObject({ tid: MAIN, isThread: false, name: 'python3' });
    expect(child!.cloneFlags & 0x4000).toBe(0x4000); // CLONE_VFORK
    expect(of('exec')).toMatchObject([
      { tid: child!.newTid, oldTid: child!.newTid, filename: '/bin/true', context: 'task' },
    ]);
    expect(of('exit').map(({ tid, name, isLast }) => ({ tid, name, isLast }))).toEqual([
      { tid: child!.newTid, name: 'true', isLast: true },
      { tid: thread!.newTid, name: 'python3', isLast: false },
    ]);
    expect(of('signal').map(({ signal, toTid }) => [signal, toTid])).toEqual([
      [10, MAIN],
      [17, MAIN],
    ]);
  });

  it('hold what a thread slept in and what woke it', () => {
    const sleeps = of('sleep').map(({ call, timeoutMs }) => `${call} ${timeoutMs}`);
    expect(sleeps.slice(0, 5)).toEqual([
      'epoll_wait 5',
      'poll 5',
      'pselect6 null',
      'clock_nanosleep null',
      'futex infinite',
    ]);
    const wake = of('waking').find(({ wokenTid }) => wokenTid === MAIN);
    expect(wake).toMatchObject({ tid: 0, context: 'hardirq', wokenName: 'python3' });
    expect(of('waking').map(({ context }) => context)).toContain('task');
  });
});

/** A record of an event, with fields at the offsets of its format. */
class RecordBytes {
  readonly page: DataView;
  readonly text: string;

  constructor(event: string, length: number) {
    this.text = FORMATS.get(event) ?? '';
    this.page = new DataView(new ArrayBuffer(length));
    this.page.setUint16(0, Number(/ID: (\d+)/.exec(this.text)?.[1]), true);
    this.page.setInt32(4, 77, true);
  }

  set(field: string, value: number, bytes: 1 | 2 | 4 | 8): this {
    const offset = Number(new RegExp(`\\b${field}(?:\\[\\d+\\])?;\\s*offset:(\\d+)`).exec(this.text)?.[1]);
    for (let index = 0; index < bytes; index += 1) {
      this.page.setUint8(offset + index, index < 4 ? (value >>> (8 * index)) & 0xff : 0);
    }
    return this;
  }

  decode(formats: ReadonlyMap<string, string> = FORMATS): KernelRecord | null {
    return traceDecoder(formats).decode(this.page, 0, this.page.byteLength, 1);
  }
}

const call = (name: string): RecordBytes => new RecordBytes(`syscalls/sys_enter_${name}`, 64);

describe('sleeping calls', () => {
  it.each([
    [call('epoll_wait').set('timeout', 1001, 8), 1001],
    [call('epoll_wait').set('timeout', 0xffffffff, 8), 'infinite'],
    [call('epoll_wait').set('timeout', 0, 8), 0],
    [call('epoll_pwait').set('timeout', 7, 8), 7],
    [call('poll').set('timeout_msecs', 500, 8), 500],
    [call('poll').set('timeout_msecs', 0x80000000, 8), 'infinite'],
    [call('ppoll').set('tsp', 0, 8), 'infinite'],
    [call('ppoll').set('tsp', 0x7fff0000, 8), null],
    [call('select').set('tvp', 0, 8), 'infinite'],
    [call('pselect6').set('tsp', 16, 8), null],
    [call('epoll_pwait2').set('timeout', 0, 8), 'infinite'],
    [call('nanosleep').set('rqtp', 0, 8), null],
    [call('clock_nanosleep').set('rqtp', 16, 8), null],
    [call('futex').set('op', 0, 8).set('utime', 0, 8), 'infinite'],
    [
      call('futex')
        .set('op', 9 + 128 + 256, 8)
        .set('utime', 16, 8),
      null,
    ],
    [call('futex').set('op', 6, 8).set('utime', 16, 8), null],
  ])('%#: tell the timeout that the arguments hold', (bytes, timeoutMs) => {
    expect(bytes.decode()).toMatchObject({ event: 'sleep', tid: 77, context: 'task', timeoutMs });
  });

  it.each([1, 3, 4, 5, 7, 8, 10, 12, 129])('futex operation %i does not wait', (operation) => {
    const decoder = traceDecoder(FORMATS);
    const { page } = call('futex').set('op', operation, 8);
    expect(decoder.decode(page, 0, 64, 1)).toBeNull();
    expect(decoder.damaged).toBe(0);
  });
});

describe('the context', () => {
  const context = (flags: number): string | undefined =>
    new RecordBytes('sched/sched_waking', 36).set('common_flags', flags, 1).decode()?.context;

  it('is an interrupt before it is a task', () => {
    expect([0, 0x01, 0x80, 0x04].map(context)).toEqual(['task', 'task', 'task', 'task']);
    expect([0x10, 0x11].map(context)).toEqual(['softirq', 'softirq']);
    expect([0x08, 0x18, 0x40].map(context)).toEqual(['hardirq', 'hardirq', 'hardirq']);
  });
});

describe('names', () => {
  const named = (...bytes: number[]): string | undefined => {
    const record = new RecordBytes('sched/sched_waking', 36);
    for (const [index, byte] of bytes.entries()) record.page.setUint8(8 + index, byte);
    const decoded = record.decode();
    return decoded?.event === 'waking' ? decoded.wokenName : undefined;
  };

  it('end at the first 0 byte or with their field, and are UTF-8', () => {
    expect(named(0x61, 0x62, 0, 0x63)).toBe('ab');
    expect(named(...Array<number>(16).fill(0x61))).toBe('a'.repeat(16));
    expect(named(0x61, 0xc3, 0xa9, 0, 0x62)).toBe('aé');
    expect(named(0xff)).toBe('\uFFFD');
  });
});

describe('other kernels', () => {
  const without = (event: string, line: RegExp): Map<string, string> =>
    new Map([...FORMATS, [event, (FORMATS.get(event) ?? '').replace(line, '')]]);

  it('can have other offsets and ids', () => {
    const text = (FORMATS.get('sched/sched_waking') ?? '')
      .replace('comm[16];\toffset:8', 'comm[16];\toffset:16')
      .replace('pid;\toffset:24', 'pid;\toffset:8')
      .replace(/^ID: \d+/m, 'ID: 9');
    const page = new DataView(new ArrayBuffer(40));
    page.setUint16(0, 9, true);
    page.setInt32(8, 4711, true);
    page.setUint8(16, 0x7a);
    const record = traceDecoder(new Map([['sched/sched_waking', text]])).decode(page, 0, 40, 5);
    expect(record).toMatchObject({ event: 'waking', atNs: 5, wokenTid: 4711, wokenName: 'z' });
  });

  it('that lack an event or one of its fields are told so', () => {
    const formats = without('fib/fib_table_lookup', /^.*u8 proto;.*$/m);
    formats.delete('sock/sock_send_length');
    const { events, unusable } = traceDecoder(formats);
    expect(unusable).toEqual([
      { event: 'sock/sock_send_length', reason: 'this kernel does not have it' },
      { event: 'fib/fib_table_lookup', reason: 'it has no field proto' },
    ]);
    expect(events).toHaveLength(TRACE_EVENTS.length - 2);
  });

  it('with a field of another size are not guessed at', () => {
    const event = 'sock/inet_sock_set_state';
    const text = (FORMATS.get(event) ?? '').replace(/(protocol;\toffset:30;\tsize:)2/, '$11');
    expect(traceDecoder(new Map([...FORMATS, [event, text]])).unusable).toEqual([
      { event, reason: 'its field protocol has 1 bytes instead of 2' },
    ]);
  });

  it('before 6.16 do not tell which thread was the last of its process', () => {
    const event = 'sched/sched_process_exit';
    const record = new RecordBytes(event, 36).decode(without(event, /^.*group_dead;.*$/m));
    expect(record).toMatchObject({ event: 'exit', isLast: null });
  });

  it('without any event can be decoded nothing of', () => {
    const { events, unusable } = traceDecoder(new Map([['sched/sched_waking', 'rubbish']]));
    expect(events).toEqual([]);
    expect(unusable).toHaveLength(TRACE_EVENTS.length);
  });
});

describe('damaged records', () => {
  it('are counted, not passed over in silence', () => {
    const decoder = traceDecoder(FORMATS);
    const short = new RecordBytes('sock/inet_sock_set_state', 72).page;
    expect(decoder.decode(short, 0, 40, 1)).toBeNull();
    expect(decoder.damaged).toBe(1);
    // A family that is neither IPv4 nor IPv6.
    expect(decoder.decode(short, 0, 72, 1)).toBeNull();
    expect(decoder.damaged).toBe(2);
    expect(decoder.decode(short, 0, 1, 1)).toBeNull();
    expect(decoder.damaged).toBe(3);
    // A text outside of its record.
    const exec = new RecordBytes('sched/sched_process_exec', 24).set('filename', (10 << 16) + 20, 4);
    expect(decoder.decode(exec.page, 0, 24, 1)).toBeNull();
    expect(decoder.damaged).toBe(4);
  });

  it('but unknown events are nobody’s loss', () => {
    const decoder = traceDecoder(FORMATS);
    expect(decoder.decode(new DataView(new ArrayBuffer(8)), 0, 8, 1)).toBeNull();
    expect(decoder.damaged).toBe(0);
  });

  it('never make the decoder look beyond their bytes', () => {
    const ids = [...FORMATS.values()].map((text) => Number(/ID: (\d+)/.exec(text)?.[1]));
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.uint8Array({ minLength: 2, maxLength: 120 }), (id, bytes) => {
        const page = new DataView(bytes.buffer);
        page.setUint16(0, id, true);
        traceDecoder(FORMATS).decode(page, 0, bytes.length, 1);
      }),
      { numRuns: 1000 },
    );
  });
});
