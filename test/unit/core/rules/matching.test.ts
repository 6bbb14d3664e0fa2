import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remembering } from '../../../../src/core/derive/once.ts';
import { actorsIn } from '../../../../src/core/rules/actors.ts';
import type { Claim } from '../../../../src/core/rules/claim.ts';
import { type Matching, matchingIn, matchingKey } from '../../../../src/core/rules/matching.ts';
import type { ActivityRule, RulePack } from '../../../../src/core/rules/pack.ts';
import { findAnew } from '../../../../src/core/rules/periodicity/search.ts';
import type { Evidence, Window } from '../../../../src/model/evidence.ts';
import { Scene } from '../../support/evidence.ts';

/** Of activities of all sorts, told by a trace or by looks that may have missed some. */
function sceneOf(isTraced: boolean): Scene {
  const scene = new Scene()
    .target({ name: 'db' })
    .withEvents()
    .gap(40, 43)
    .row(8, 'user_message')
    .row(9, 'tool_run', { data: { model: 'a' } })
    .happened(-2, 'outlived-parent', { processId: 7 })
    .happened(11, 'spawn', { exe: '/usr/bin/curl' })
    .happened(12, 'exit');
  for (const second of [-1, 9, 20, 30, 55])
    scene.network(second).network(second, { target: 'db', op: 'listen' });
  scene.network(31, { protocol: 'udp' }).network(32, { op: 'keepalive' }).network(33, { bytesSent: 5 });
  return isTraced
    ? scene.report('trace', { tier: 'zero-miss' })
    : scene.sample(30, 1, { cpuNs: 2e9 }).moved(30, { tcpActiveOpens: 9 }).forked(30, 9);
}
const SCENES = { traced: sceneOf(true), sampled: sceneOf(false) };
const WINDOW = SCENES.traced.window;

const MATCHES = {
  network: [
    { op: 'connect' },
    { bytesSent: 5 },
    [{ op: 'listen' }, { op: 'keepalive' }],
    { direction: 'outbound' },
  ],
  process: [{ op: 'spawn' }, { op: 'outlived-parent' }, { exe: '/usr/bin/curl' }],
  event: [{ type: 'tool_run' }, { 'data.model': 'a' }, { 'data.modle': 'a' }],
};
const DURATIONS = ['1s', '3s', '40s', '2m'];

const activity = fc.constantFrom('network' as const, 'process' as const, 'event' as const);
const unless = fc.record({
  after: fc.record({ activity }),
  within: fc.constantFrom(...DURATIONS),
});
const exception = fc.record(
  {
    activity,
    reason: fc.constantFrom('a reason', 'another'),
    maxCount: fc.constantFrom(1, 2),
    every: fc.constantFrom(...DURATIONS),
    expires: fc.constantFrom('2020-01-01', '2030-01-01'),
    optional: fc.boolean(),
  },
  { requiredKeys: ['activity', 'reason'] },
);

/** With a match that its activity has; the same for exceptions. */
const matched = <T extends { activity: keyof typeof MATCHES }>(of: fc.Arbitrary<T>) =>
  of.chain((one) => fc.constantFrom(...MATCHES[one.activity]).map((match) => ({ ...one, match })));

const rule = matched(
  fc.record(
    {
      activity,
      id: fc.constantFrom('a', 'b'),
      title: fc.constantFrom('A', 'B'),
      kind: fc.constant('absence'),
      severity: fc.constantFrom('error', 'warn'),
      window: fc.constantFrom('idle', 'stop'),
      minCoverage: fc.constantFrom(0.5, 0.99),
      minDuration: fc.constantFrom(...DURATIONS),
      unless,
      groupBy: fc.constantFrom(['target'], ['op']),
    },
    { requiredKeys: ['activity', 'id', 'kind', 'severity', 'window', 'minCoverage'] },
  ),
).chain((one) =>
  fc.array(matched(exception), { maxLength: 2 }).map((except) => ({
    ...one,
    except: except.map((other) => ({
      ...other,
      activity: undefined,
      match: { op: 'send' },
      ...(one.activity === other.activity ? { match: other.match } : {}),
    })),
  })),
);

interface Parts {
  rules: readonly object[];
  except: readonly unknown[];
  unless: readonly unknown[];
  place: number;
  target: string;
  acceptSampledMs: number | null;
  window: Partial<Window>;
}

const parts: fc.Arbitrary<Parts> = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
  except: fc.array(matched(exception), { maxLength: 1 }),
  unless: fc.array(
    fc.tuple(activity, unless).map(([of, one]) => ({ ...one, activity: of })),
    { maxLength: 1 },
  ),
  place: fc.nat(1),
  target: fc.constantFrom('app', 'db'),
  acceptSampledMs: fc.constantFrom(null, 1000),
  window: fc.record(
    {
      kind: fc.constantFrom('idle' as const, 'stop' as const),
      fromMs: fc.constantFrom(WINDOW.fromMs, WINDOW.fromMs + 10_000),
      isSettled: fc.boolean(),
      minDurationMs: fc.constantFrom(0, 100_000),
    },
    { requiredKeys: [] },
  ),
});

function claimOf(
  evidence: Evidence,
  { rules, except, unless: causes, place, window, ...rest }: Parts,
): Claim<ActivityRule> {
  const pack = { pack: 'p', file: '', sha256: '', rules, except, unless: causes } as unknown as RulePack;
  return {
    ...rest,
    evidence,
    pack,
    rule: pack.rules[place % rules.length] as ActivityRule,
    window: { ...WINDOW, ...window },
    actorOf: actorsIn(evidence),
    askForPeriods: findAnew,
  };
}

const told = (matching: Matching | null): unknown =>
  matching === null ? null : { ...matching, occurrences: matching.occurrences() };

/** The same with one part after the other from another. */
function* variantsOf(base: Parts, other: Parts): Generator<Parts> {
  yield base;
  for (const key of Object.keys(base) as (keyof Parts)[]) yield { ...base, [key]: other[key] };
  for (const [key, value] of Object.entries(other.window))
    yield { ...base, window: { ...base.window, [key]: value } };
  const nth = base.place % base.rules.length;
  for (const [key, value] of Object.entries(other.rules[0] ?? {}))
    if (key !== 'activity' && key !== 'match')
      yield { ...base, rules: base.rules.with(nth, { ...base.rules[nth], [key]: value }) };
}

describe.each(['traced', 'sampled'] as const)('what matches of what was %s', (scene) => {
  it('is found once for claims of one key, and is the same as where each is asked by itself', () => {
    const plain = SCENES[scene].evidence;
    const count = { alike: 0, different: 0 };
    fc.assert(
      fc.property(parts, parts, (base, other) => {
        const evidence = remembering({ ...plain });
        const found = new Map<string, Matching | null>();
        for (const one of variantsOf(base, other)) {
          const claim = claimOf(evidence, one);
          const matching = matchingIn(claim);
          expect(told(matching)).toEqual(told(matchingIn(claimOf(plain, one))));
          const key = matchingKey(claim);
          if (found.has(key)) expect(found.get(key)).toBe(matching);
          count[found.has(key) ? 'alike' : 'different'] += 1;
          found.set(key, matching);
        }
      }),
      { numRuns: 200 },
    );
    expect(count.different).toBeGreaterThan(1000);
    expect(count.alike).toBeGreaterThan(500);
  });
});
