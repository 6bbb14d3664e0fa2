import { describe, expect, it } from 'vitest';
import { leftBehind, type WindowDocument } from '../../../../src/core/windows/left-behind.ts';
import type { OpenedWindow } from '../../../../src/model/evidence.ts';
import { windowOf } from '../../../support/evidence-rows.ts';

const run = (id: string): WindowDocument => ({ kind: 'run', body: { id } });
const opening = (fromMs: number, id = 'w'): WindowDocument => {
  const { toMs: _to, closedBy: _by, ...opened } = windowOf(fromMs, fromMs + 9, id);
  return { kind: 'opening', body: opened satisfies OpenedWindow };
};
const closed = (fromMs: number, toMs: number, id = 'w'): WindowDocument => ({
  kind: 'window',
  body: windowOf(fromMs, toMs, id),
});
const waitedFor = (fromMs: number, id = 'w'): WindowDocument => ({
  kind: 'waitedFor',
  body: { id, fromMs, rulesDigest: 'r' },
});
const verdict = (fromMs: number, windowId = 'w', folder: string | null = 'reports/w'): WindowDocument => ({
  kind: 'verdict',
  body: { windowId, fromMs, verdict: 'fail', folder },
});

/** `id fromMs` of what was left. */
function left(...documents: WindowDocument[]): { open: string[]; unproved: string[] } {
  const { open, unproved } = leftBehind(documents);
  return {
    open: open.map(({ id, fromMs }) => `${id} ${fromMs}`),
    unproved: unproved.map(
      ({ window: { id, fromMs, toMs }, verdict: said, waitedFor: heard, isOfLastRun }) =>
        `${id} ${fromMs}-${toMs}${said === null ? '' : ` ${said}`}${heard === null ? '' : ' heard'}${isOfLastRun ? '' : ' earlier'}`,
    ),
  };
}

describe('what a watchdog that was killed has left', () => {
  it.each<[string, WindowDocument[], { open?: string[]; unproved?: string[] }]>([
    ['nothing', [run('a'), opening(1), closed(1, 5), waitedFor(1), verdict(1)], {}],
    [
      'one that was open',
      [run('a'), opening(1), opening(1, 'v'), closed(1, 5), verdict(1)],
      { open: ['v 1'] },
    ],
    [
      'one of the same id, open again',
      [run('a'), opening(1), closed(1, 5), verdict(1), opening(5)],
      { open: ['w 5'] },
    ],
    [
      'none of which nothing was left',
      [run('a'), opening(1), { kind: 'noWindow', body: { id: 'w', fromMs: 1 } }],
      {},
    ],
    ['none that was withdrawn', [run('a'), opening(1), closed(1, 5), closed(1, 1)], {}],
    ['one that was closed', [run('a'), opening(1), closed(1, 5)], { unproved: ['w 1-5'] }],
    [
      'one that was about to be judged',
      [run('a'), opening(1), closed(1, 5), waitedFor(1)],
      { unproved: ['w 1-5 heard'] },
    ],
    [
      'one that became shorter after it was heard',
      [run('a'), closed(1, 5), waitedFor(1), closed(1, 4)],
      { unproved: ['w 1-4'] },
    ],
    [
      'one of which something came late, after its verdict',
      [run('a'), closed(1, 5), waitedFor(1), verdict(1), closed(1, 5)],
      { unproved: ['w 1-5'] },
    ],
    [
      'one that was judged, and whose proof could not be written',
      [run('a'), closed(1, 5), waitedFor(1), verdict(1, 'w', null)],
      { unproved: ['w 1-5 fail heard'] },
    ],
    [
      'none whose proof was written later',
      [run('a'), closed(1, 5), waitedFor(1), verdict(1, 'w', null), run('b'), verdict(1)],
      {},
    ],
    [
      'one of a watch before',
      [run('a'), opening(1), closed(1, 5), run('b')],
      { unproved: ['w 1-5 earlier'] },
    ],
    ['nothing open in a watch before', [run('a'), opening(1), run('b')], {}],
    [
      'one that was open when a keyframe repeated the run',
      [run('a'), opening(1), run('a')],
      { open: ['w 1'] },
    ],
  ])('%s', (_, documents, expected) => {
    expect(left(...documents)).toEqual({ open: [], unproved: [], ...expected });
  });
});
