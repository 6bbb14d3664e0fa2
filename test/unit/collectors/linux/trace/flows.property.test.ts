import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';
import type { Flow } from '../../../../../src/collectors/linux/trace/flow.ts';
import { flowsIn, recorded, us } from './recorded.ts';

/** What a thread does on a socket of its own: lines of a recording without time and thread. */
const life = fc.oneof(
  fc.record({
    lines: fc
      .tuple(
        fc.constantFrom('refused', 'closed', 'open', 'unheard'),
        fc.array(fc.integer({ min: 1, max: 9999 })),
      )
      .map(([end, sizes]) => tcpLife(end, sizes)),
    kind: fc.constant('tcp' as const),
  }),
  fc.record({
    lines: fc.array(fc.integer({ min: 0, max: 9999 }), { minLength: 1 }).map(udpLife),
    kind: fc.constant('udp' as const),
  }),
  fc.record({
    lines: fc
      .array(fc.integer({ min: -11, max: 9999 }), { minLength: 1 })
      .map((sizes) => sizes.map((size) => `. send SOCKET fam1 proto0 ret=${size} flags=0x0`)),
    kind: fc.constant('unix' as const),
  }),
);

function tcpLife(end: string, sizes: readonly number[]): string[] {
  const ends = 'fam2 proto6 10.0.0.1:PORT -> 10.0.0.9:443';
  const opening = '. state SOCKET CLOSE->SYN_SENT fam2 proto6 10.0.0.1:0 -> 10.0.0.9:443';
  if (end === 'unheard') return [opening];
  if (end === 'refused') return [opening, `s state SOCKET SYN_SENT->CLOSE ${ends}`];
  const traffic = sizes.flatMap((size) => [
    `. send SOCKET fam2 proto6 ret=${size} flags=0x0`,
    '. addr SOCKET 10.0.0.1:PORT -> 10.0.0.9:443',
    `. recv SOCKET fam2 proto6 ret=${size + 1} flags=0x0`,
  ]);
  const close = end === 'closed' ? [`. state SOCKET ESTABLISHED->FIN_WAIT1 ${ends}`] : [];
  return [opening, `s state SOCKET SYN_SENT->ESTABLISHED ${ends}`, ...traffic, ...close];
}

function udpLife(sizes: readonly number[]): string[] {
  return sizes.flatMap((size, index) => [
    `. route table=254 err=0 proto=17 0.0.0.0:PORT -> 10.0.0.8:${index % 3}`,
    `. send SOCKET fam2 proto17 ret=${size} flags=0x0`,
  ]);
}

interface Story {
  records: KernelRecord[];
  /** After so many records there is a take. */
  takes: ReadonlySet<number>;
}

/** Several threads, interleaved at random; each does one life after the other, at one address in the kernel. */
const story: fc.Arbitrary<Story> = fc
  .tuple(
    fc.array(fc.array(life, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
    fc.infiniteStream(fc.nat()),
    fc.uniqueArray(fc.nat({ max: 200 })),
  )
  .map(([threads, choices, takes]) => {
    const queues = threads.map((lives, thread) =>
      lives.flatMap(({ lines, kind }, nth) =>
        lines.map((line) => {
          const socket = `s${thread * 10 + ['tcp', 'udp', 'unix'].indexOf(kind) + 1}`;
          return `${100 + thread} ${line.replace('SOCKET', socket).replace('PORT', String(1000 + thread * 10 + nth))}`;
        }),
      ),
    );
    const lines: string[] = [];
    for (let left = queues; left.length > 0; left = left.filter((queue) => queue.length > 0)) {
      const choice: number = choices.next().value;
      lines.push(`${lines.length} ${left[choice % left.length]?.shift()}`);
    }
    return { records: recorded(lines.join('\n')), takes: new Set(takes) };
  });

function tell({ records, takes }: Story): Flow[] {
  const flows = flowsIn();
  const told = records.flatMap((record, index) => {
    flows.record(record);
    return takes.has(index) ? flows.take(record.atNs, index % 2 === 0) : [];
  });
  told.push(...flows.take(us(1e9), true));
  expect(flows.isWaiting).toBe(false);
  expect(flows.forgotten).toBe(0);
  return told;
}

function sum(numbers: readonly (number | null)[]): number {
  return numbers.reduce<number>((total, value) => total + (value ?? 0), 0);
}

describe('whatever the threads do at the same time', () => {
  it('no byte is lost, and none is counted twice', () => {
    fc.assert(
      fc.property(story, (one) => {
        const flows = tell(one);
        const moved = (event: 'send' | 'receive'): number =>
          sum(
            one.records.map((record) =>
              record.event === event && record.family !== 1 ? Math.max(0, record.result) : 0,
            ),
          );
        expect(sum(flows.map(({ bytesSent }) => bytesSent))).toBe(moved('send'));
        // A take between the two records of one read cannot know yet; a flush says that it does not.
        if (flows.every(({ bytesReceived }) => bytesReceived !== null))
          expect(sum(flows.map(({ bytesReceived }) => bytesReceived))).toBe(moved('receive'));
      }),
    );
  });

  it('each connection that is opened is told once', () => {
    fc.assert(
      fc.property(story, (one) => {
        const opened = one.records.filter(
          (record) => record.event === 'socket-state' && record.newState === 2,
        );
        const told = tell(one).filter(({ op }) => op === 'connect' || op === 'attempt');
        const openings = (from: readonly { atNs: number; tid: number | null }[]): string[] =>
          from.map(({ atNs, tid }) => `${atNs} ${tid}`).sort((x, y) => x.localeCompare(y));
        expect(openings(told)).toEqual(openings(opened));
      }),
    );
  });

  it('local sockets are no network, and every flow is of the thread that acted', () => {
    fc.assert(
      fc.property(story, (one) => {
        for (const { socket, tid } of tell(one)) {
          expect((socket ?? 0) % 10).not.toBe(3);
          expect(tid).toBe(100 + Math.floor((socket ?? 0) / 10));
        }
      }),
    );
  });
});

describe('memory', () => {
  it('is bounded, and says what was forgotten', () => {
    const flows = flowsIn();
    const line = (socket: number): string =>
      `${socket} 4668 . state s${socket} CLOSE->SYN_SENT fam2 proto6 10.0.0.1:0 -> 10.0.0.9:443`;
    for (let socket = 1; socket <= 10_100; socket += 1) flows.record(recorded(line(socket))[0]!);
    expect(flows.forgotten).toBe(100);
    expect(flows.take(us(20_000), true)).toHaveLength(10_100);
  });

  it('forgets first what has ended', () => {
    const flows = flowsIn();
    const [opening, end] = recorded(`
      1 4668 . state s1 CLOSE->SYN_SENT fam2 proto6 10.0.0.1:0 -> 10.0.0.9:443
      2 4668 . state s1 ESTABLISHED->CLOSE fam2 proto6 10.0.0.1:4000 -> 10.0.0.9:443`);
    for (let socket = 1; socket <= 10_100; socket += 1) {
      flows.record({ ...opening!, socket } as KernelRecord);
      flows.record({ ...end!, socket } as KernelRecord);
    }
    expect(flows.forgotten).toBe(0);
    expect(flows.take(us(20_000), false)).toHaveLength(10_100);
  });
});
