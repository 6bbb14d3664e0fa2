import { describe, expect, it } from 'vitest';
import type { EvidenceStore } from '../../../src/evidence/store.ts';
import type { Row } from '../../../src/evidence/tables.ts';
import type { Look } from '../../../src/model/collector.ts';
import { Recorder } from '../../../src/session/recorder.ts';

function recording() {
  const rows: Row[] = [];
  const store = {
    append: (_atMs: number, batch: readonly Row[]) => void rows.push(...batch),
  } as unknown as EvidenceStore;
  return {
    recorder: new Recorder(store),
    of: (table: Row['table']) => rows.filter((row) => row.table === table).map(({ values }) => values),
  };
}

const look = (nowMs: number, previousMs: number | null, moved: number[] = []): Look => ({
  nowMs,
  previousMs,
  full: false,
  processes: [],
  moved: new Set(moved),
  started: [],
  ended: [],
});

describe('Recorder', () => {
  it('writes quiet looks as one range and keeps the time of each eventful one', () => {
    const { recorder, of } = recording();
    recorder.look(look(0, null), [], []);
    recorder.look(look(1000, 0), [], []);
    recorder.look(look(2100, 1000), [], []);
    recorder.look(look(3000, 2100, [1]), [], []);
    recorder.look(look(4000, 3000), [], []);
    recorder.finish(4000);
    expect(of('look')).toEqual([
      [0, 2100, 3, 1100],
      [3000, 3000, 1, 900],
      [4000, 4000, 1, 1000],
    ]);
  });

  it('joins the metrics of a process at a look and leaves out what did not change', () => {
    const { recorder, of } = recording();
    recorder.look(
      look(0, null, [7]),
      [{ metrics: new Map([[7, { cpuNs: 5 }]]) }, { metrics: new Map([[7, { rssBytes: 9 }]]) }],
      [],
    );
    recorder.look(look(1000, 0, [7]), [{ metrics: new Map([[7, { cpuNs: 6, rssBytes: 9 }]]) }], []);
    recorder.look(look(2000, 1000), [{ metrics: new Map([[7, { cpuNs: 6 }]]) }], []);
    recorder.finish(2000);
    const unread = (count: number) => Array.from({ length: count }, () => null);
    expect(of('sample')).toEqual([
      [0, 7, 5, null, null, 9, ...unread(7)],
      [1000, 7, 6, ...unread(10)],
    ]);
  });

  it('writes why threads woke', () => {
    const { recorder, of } = recording();
    const wake = {
      fromMs: 100,
      toMs: 900,
      processId: 7,
      tid: 70,
      thread: 'redis-server',
      call: 'epoll_wait',
      timeoutMs: 100,
      timeoutIs: 'asked',
      wokenBy: 'timer',
      waker: null,
      count: 9,
      intervalMs: 100,
      timesMs: [100, 200.5],
      sampledShare: 1,
    } as const;
    recorder.look(look(1000, 0), [{ wakes: [wake] }], []);
    recorder.finish(1000);
    expect(of('wake')).toEqual([
      [100, 900, 7, 70, 'redis-server', 'epoll_wait', 100, 'asked', 'timer', null, 9, 100, 1, '0 100.5'],
    ]);
  });

  it('turns failures into gaps from the look before, one for as long as they last', () => {
    const { recorder, of } = recording();
    const failure = { collector: 'sockets', target: 'web', reason: 'denied' } as const;
    recorder.look(look(0, null), [], []);
    recorder.look(look(1000, 0), [], [failure]);
    recorder.look(look(2000, 1000), [], [failure]);
    recorder.look(look(3000, 2000), [], []);
    recorder.finish(3000);
    expect(of('gap')).toEqual([[0, 2000, 'sockets', 'web', 'denied']]);
  });
});
