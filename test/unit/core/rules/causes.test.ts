import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ActivityTable } from '../../../../src/core/rules/activity-table.ts';
import { EXCUSED, excusesOver } from '../../../../src/core/rules/causes.ts';
import type { Unless } from '../../../../src/core/rules/pack.ts';
import type { Activity, EventActivity } from '../../../../src/model/activity.ts';
import type { Evidence } from '../../../../src/model/evidence.ts';

const event = fc.record({
  kind: fc.constantFrom('event', 'file'),
  atMs: fc.nat(40).map((n) => n * 250),
  type: fc.constantFrom('ask', 'run'),
  op: fc.constant('write'),
  stampedAtMs: fc.constantFrom(null, 0),
  stampDoubtful: fc.boolean(),
  backdated: fc.constantFrom(undefined, true),
});

const unless = fc.record({
  after: fc.constantFrom<Unless['after']>(
    { activity: 'event', match: { type: 'ask' } },
    { activity: 'file' },
    { activity: 'event' },
  ),
  within: fc.constantFrom('1s', '3s', '500ms'),
});

const isDoubtful = (one: EventActivity): boolean =>
  one.kind === 'event' && (one.stampDoubtful || one.stampedAtMs === null || one.backdated === true);

/** One after the other: a cause excuses what comes within a time after it, and never another cause. */
function plain(activity: EventActivity, all: readonly EventActivity[], excuses: readonly Unless[]): number {
  const best = excuses.map(({ after, within }) => {
    const isCause = (one: EventActivity): boolean =>
      one.kind === after.activity && (after.match === undefined || one.type === 'ask');
    if (isCause(activity)) return EXCUSED.no;
    const withinMs = within === '500ms' ? 500 : Number.parseInt(within, 10) * 1000;
    const before = all.filter(
      (one) => isCause(one) && one.atMs <= activity.atMs && activity.atMs - one.atMs <= withinMs,
    );
    if (before.some((one) => !isDoubtful(one))) return EXCUSED.certain;
    return before.length > 0 ? EXCUSED.doubtful : EXCUSED.no;
  });
  return Math.max(EXCUSED.no, ...best);
}

it('excuses each activity by the causes before it, the surest of several', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), fc.array(unless, { maxLength: 3 }), (given, excuses) => {
      const all = given.toSorted((a, b) => a.atMs - b.atMs) as unknown as EventActivity[];
      const evidence = { activities: all as Activity[], processes: [] } as unknown as Evidence;
      const ofEvents = all.filter(({ kind }) => kind === 'event');
      const table = new ActivityTable(ofEvents, () => null);
      const found = [...excusesOver(table, excuses, evidence)];
      expect(found).toEqual(ofEvents.map((one) => plain(one, all, excuses)));
      expect([...excusesOver(table, excuses, evidence)]).toEqual(found);
    }),
    { numRuns: 300 },
  );
});
