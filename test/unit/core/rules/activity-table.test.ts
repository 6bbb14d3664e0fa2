import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActivityTable } from '../../../../src/core/rules/activity-table.ts';
import type { Claim } from '../../../../src/core/rules/claim.ts';
import { TRUTH } from '../../../../src/core/rules/conditions/truth.ts';
import { fieldOf } from '../../../../src/core/rules/fields.ts';
import { compileMatch } from '../../../../src/core/rules/match.ts';
import { countAsOne, type Occurrence } from '../../../../src/core/rules/occurrences.ts';
import type { ActivityRule, Match } from '../../../../src/core/rules/pack.ts';
import { activitiesOfRows } from '../../../../src/core/rules/selection.ts';
import { groupBySubject } from '../../../../src/core/rules/subjects.ts';
import type { Activity, EventActivity, NetworkActivity } from '../../../../src/model/activity.ts';
import type { WatchedProcess } from '../../../../src/model/process.ts';

const PROCESSES = [1, 2].map((id) => ({ id, pid: id, name: `worker-${id}`, cmdline: '' }) as WatchedProcess);
const actorOf = ({ processId }: Activity): WatchedProcess | null =>
  PROCESSES.find(({ id }) => id === processId) ?? null;

const common = { target: fc.constantFrom('app', 'db'), processId: fc.constantFrom(null, 1, 2) };
const atMs = fc.oneof(
  fc.nat(8).map((n) => n * 250),
  fc.double({ min: 0, max: 3000, noNaN: true }),
);

const network = fc.record({
  ...common,
  kind: fc.constant('network' as const),
  atMs,
  collector: fc.constant('trace'),
  thread: fc.constant(null),
  op: fc.constantFrom('connect', 'accept', 'send', 'receive', 'listen', 'keepalive'),
  direction: fc.constantFrom('outbound', 'inbound'),
  protocol: fc.constantFrom('tcp', 'udp'),
  remote: fc.option(
    fc.record({
      ip: fc.constantFrom('10.0.0.1', '::1', 'send'),
      port: fc.constantFrom(null, 80, 443),
      process: fc.constant(null),
      target: fc.constant(null),
    }),
  ),
  localPort: fc.constantFrom(null, 1, 2),
  bytesSent: fc.constantFrom(null, 0, 7),
  bytesReceived: fc.constant(null),
  lifetimeSeconds: fc.constant(null),
}) satisfies fc.Arbitrary<NetworkActivity>;

const event = fc.record({
  ...common,
  kind: fc.constant('event' as const),
  atMs,
  collector: fc.constant('events'),
  thread: fc.constant(null),
  source: fc.constant('events'),
  type: fc.constantFrom('run', 'Run', 'tick'),
  id: fc.constantFrom('1', '2'),
  // A column that was left out is another matter than one that there is not, and than NULL.
  data: fc.dictionary(fc.constantFrom('model', '…'), fc.constantFrom(null, 1, '1', 'a'), { maxKeys: 2 }),
  firstSeenAtMs: atMs,
  stampedAtMs: fc.constant(null),
  stampDoubtful: fc.constant(false),
}) satisfies fc.Arbitrary<EventActivity>;

const MATCHES: Record<'network' | 'event', readonly Match[]> = {
  network: [
    { direction: 'outbound', 'remote.port|gte': 100 },
    [{ op: ['send', 'keepalive'] }, { 'remote.ip': '::1', bytesSent: 7 }],
    { 'process.name|endswith': '-1', 'local.port|exists': true },
  ],
  event: [{ type: 'run', 'data.model': 1 }, [{ 'data.model': null }, { 'data.model|contains': 'a' }]],
};
const GROUPS: Record<'network' | 'event', readonly (readonly string[] | undefined)[]> = {
  network: [
    undefined,
    ['op'],
    ['process.name', 'remote.port'],
    ['process.pid'],
    ['process.cmdline'],
    ['target', 'no.such.field', 'bytesSent'],
    [],
  ],
  event: [undefined, ['data.model'], ['data.model', 'type']],
};

/** Activities of a kind in order of time, and which of them are meant. */
const given = fc
  .oneof(fc.array(network, { maxLength: 40 }), fc.array(event, { maxLength: 40 }))
  .chain((all) =>
    fc.tuple(
      fc.constant((all as Activity[]).toSorted((a, b) => a.atMs - b.atMs)),
      fc.subarray([...all.keys()]),
    ),
  );

describe('activities as rows', () => {
  it('match as each of them does by itself', () => {
    fc.assert(
      fc.property(given, ([all]) => {
        const kind = all[0]?.kind === 'event' ? 'event' : 'network';
        for (const match of [undefined, ...MATCHES[kind]]) {
          const compiled = compileMatch(kind, match);
          expect(compiled.problems).toEqual([]);
          const plain = all.map((one) => TRUTH[compiled.test(one, actorOf(one))]);
          expect([...compiled.over(new ActivityTable(all, actorOf))]).toEqual(plain);
        }
      }),
    );
  });

  it('are grouped by what each of them has, be they rows of a table or a list', () => {
    fc.assert(
      fc.property(given, ([all, rows]) => {
        const kind = all[0]?.kind === 'event' ? 'event' : 'network';
        const ofRows = activitiesOfRows({ table: new ActivityTable(all, actorOf), rows });
        for (const groupBy of GROUPS[kind]) {
          const claim = { rule: { activity: kind, groupBy }, actorOf } as unknown as Claim<ActivityRule>;
          const plain = plainGroups(claim, ofRows);
          expect(groupBySubject(claim, ofRows, (one) => one)).toEqual(plain);
          expect(groupBySubject(claim, [...ofRows], (one) => one)).toEqual(plain);
        }
      }),
    );
  });

  it('count as one as each after the other would, and are grouped by what tells each best', () => {
    fc.assert(
      fc.property(given, ([all, rows]) => {
        const kind = all[0]?.kind === 'event' ? 'event' : 'network';
        const ofRows = activitiesOfRows({ table: new ActivityTable(all, actorOf), rows });
        const plain = plainOccurrences(ofRows);
        const found = countAsOne(ofRows, 1000, actorOf);
        expect(found.map(shown)).toEqual(plain);
        const ofList = countAsOne([...ofRows], 1000, actorOf);
        expect(ofList.map(shown)).toEqual(plain);
        const headOf = ({ head }: { head: Activity }): Activity => head;
        for (const groupBy of GROUPS[kind]) {
          const claim = { rule: { activity: kind, groupBy }, actorOf } as unknown as Claim<ActivityRule>;
          const expected = groupBySubject(claim, plain, headOf);
          for (const occurrences of [found, ofList]) {
            const groups = groupBySubject(claim, occurrences, headOf);
            expect(groups.map(({ subject, members }) => ({ subject, members: members.map(shown) }))).toEqual(
              expected,
            );
          }
        }
      }),
    );
  });
});

const shown = ({ head, activities }: Occurrence): Occurrence => ({ head, activities });

function plainGroups({ rule }: Claim<ActivityRule>, list: readonly Activity[]): unknown[] {
  const groups = new Map<string, { subject: object; members: Activity[] }>();
  for (const one of list) {
    const isToOwnPort = one.kind === 'network' && one.direction === 'inbound' && one.localPort !== null;
    const usual = rule.activity === 'event' ? ['type'] : ['protocol', 'remote.ip', 'remote.port'];
    const names = rule.groupBy ?? (isToOwnPort ? ['protocol', 'local.port'] : usual);
    const subject = Object.fromEntries(
      names.map((name) => [name, fieldOf(rule.activity, name)?.get(one, actorOf(one)) ?? null]),
    );
    const key = JSON.stringify(subject);
    const group = groups.get(key) ?? { subject, members: [] };
    groups.set(key, group);
    group.members.push(one);
  }
  return [...groups.values()];
}

/** What moves on a connection within most of a tick after it, or after what moved first, is one with it. */
function plainOccurrences(list: readonly Activity[]): { head: Activity; activities: Activity[] }[] {
  const occurrences: { head: Activity; activities: Activity[]; key: string }[] = [];
  for (const one of list) {
    const { target, direction, protocol, remote, localPort, op } = one as NetworkActivity;
    const own = protocol === 'tcp' ? localPort : null;
    const end = remote === null ? [op] : [remote?.ip];
    const key = JSON.stringify([target, direction, protocol, ...end, remote?.port ?? null, own]);
    const last = one.kind === 'network' ? occurrences.findLast((other) => other.key === key) : undefined;
    const isMore = op === 'send' || op === 'receive';
    if (last === undefined || !isMore || one.atMs - (last.activities[0]?.atMs ?? 0) >= 900) {
      occurrences.push({ head: one, activities: [one], key });
      continue;
    }
    last.activities.push(one);
    const asked = direction === 'outbound' ? 'send' : 'receive';
    const headOp = (last.head as NetworkActivity).op;
    if (op === asked && (headOp === 'send' || headOp === 'receive') && headOp !== asked) last.head = one;
  }
  return occurrences.map(({ head, activities }) => ({ head, activities }));
}
