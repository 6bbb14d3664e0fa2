import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Match } from '../../../../../src/core/rules/pack.ts';
import { type Asked, OUTBOUND, problemsOf, refusedAt } from '../../../support/excused.ts';

describe('an exception with which nothing is left', () => {
  describe('where several share a field', () => {
    const ATTEMPTS = { numRuns: 60 };

    /** `count` exceptions, each with what falls to it. */
    const spread = <T>(values: readonly T[], homes: readonly number[], count: number): T[][] =>
      Array.from({ length: count }, (_, at) =>
        values.filter((_value, index) => (homes[index] ?? 0) % count === at),
      );

    const PROTOCOLS = ['tcp', 'udp', 'icmp', 'raw', 'sctp', 'vsock'];

    it.each<[string, string, readonly string[], Asked]>([
      ['network', 'op', ['connect', 'attempt', 'accept', 'send', 'receive', 'listen'], {}],
      ['network', 'direction', ['inbound', 'outbound'], {}],
      // A rule that names them is about each of them; others are about those that apps have.
      ['network', 'protocol', PROTOCOLS, { match: { protocol: PROTOCOLS } }],
      ['process', 'op', ['spawn', 'exit', 'outlived-parent'], {}],
      ['file', 'op', ['create', 'write', 'delete', 'rename'], {}],
    ])('all values of an enumeration, however they are spread: %s %s', (activity, field, all, asked) => {
      const homes = fc.array(fc.nat(9), { minLength: all.length, maxLength: all.length });
      fc.assert(
        fc.property(homes, fc.integer({ min: 1, max: 4 }), fc.nat(all.length - 1), (at, count, gone) => {
          const allowed = spread(all, at, count).filter((some) => some.length > 0);
          expect(refusedAt({ activity, ...asked }, ...allowed.map((some) => ({ [field]: some })))).toEqual([
            `except.${allowed.length - 1}.match`,
          ]);
          const fewer = allowed
            .map((some) => some.filter((one) => one !== all[gone]))
            .filter(({ length }) => length > 0);
          expect(refusedAt({ activity, ...asked }, ...fewer.map((some) => ({ [field]: some })))).toEqual([]);
        }),
        ATTEMPTS,
      );
    });

    it('ranges that are all numbers together, and not where one of them is missing', () => {
      const cuts = fc.uniqueArray(fc.integer({ min: 2, max: 65_000 }), { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(cuts, fc.nat(), fc.boolean(), (given, which, isFirst) => {
          const limits = given.toSorted((a, b) => a - b);
          const ranges: Match[] = [0, ...limits].map((from, index) => ({
            ...(index === 0 ? {} : { 'remote.port|gt': from }),
            ...(limits[index] === undefined ? {} : { 'remote.port|lte': limits[index] }),
          }));
          const order = isFirst ? ranges : ranges.toReversed();
          expect(refusedAt(OUTBOUND, ...order)).toEqual([`except.${ranges.length - 1}.match`]);
          expect(refusedAt(OUTBOUND, ...order.toSpliced(which % order.length, 1))).toEqual([]);
        }),
        ATTEMPTS,
      );
    });

    it('networks that are all addresses together, and not where one of them is missing', () => {
      // Halves of halves: each choice splits one network in two.
      const splits = fc.array(fc.nat(), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(splits, fc.nat(), (choices, gone) => {
          let networks = [{ first: 0, bits: 0 }];
          for (const choice of choices) {
            const at = choice % networks.length;
            const { first, bits } = networks[at] ?? { first: 0, bits: 0 };
            const half = 2 ** (31 - bits);
            networks = networks.toSpliced(
              at,
              1,
              { first, bits: bits + 1 },
              { first: first + half, bits: bits + 1 },
            );
          }
          const texts = networks.map(({ first, bits }) => {
            const bytes = [24, 16, 8, 0].map((by) => Math.floor(first / 2 ** by) % 256);
            return `${bytes.join('.')}/${bits}`;
          });
          const last = `except.${texts.length - 1}.match`;
          expect(refusedAt(OUTBOUND, ...texts.map((cidr) => ({ 'remote.ip|cidr': cidr })))).toEqual([last]);
          const fewer = texts.toSpliced(gone % texts.length, 1);
          expect(refusedAt(OUTBOUND, ...fewer.map((cidr) => ({ 'remote.ip|cidr': cidr })))).toEqual([]);
        }),
        ATTEMPTS,
      );
    });
  });
});

describe('an exception of a whole pack', () => {
  const calls = { id: 'calls', kind: 'absence', activity: 'network', ...OUTBOUND };
  const beats = { ...calls, id: 'beats', kind: 'periodicity', period: { max: 'window' } };
  const dns = { ...calls, id: 'dns', match: { 'remote.port': 53 } };
  const served = { ...calls, id: 'served', match: { direction: 'inbound' }, severity: 'warn' };
  const allowing = (rules: unknown[], ...matches: Match[]): unknown =>
    problemsOf({
      rules,
      except: [
        { activity: 'event', match: { type: 'x' }, reason: 'known', optional: true },
        ...matches.map((match) => ({ activity: 'network', match, reason: 'known', optional: true })),
      ],
    }).map(({ path }) => path.join('.'));

  it('is refused where no rule of the activity could fail any more', () => {
    expect(allowing([calls, beats, served], { direction: 'outbound' })).toEqual(['except.1.match']);
    expect(allowing([dns, calls], { 'remote.port': 53 }, { 'remote.ip': '*' })).toEqual(['except.2.match']);
  });

  it('is refused together with one of a rule, which has the place, where neither alone takes all', () => {
    const tcp = [{ match: { protocol: 'tcp' }, reason: 'known', optional: true }];
    const rest = { protocol: ['udp', 'icmp', 'raw', 'sctp', 'vsock'] };
    expect(allowing([dns, { ...calls, except: tcp }], rest)).toEqual(['rules.1.except.0.match']);
    expect(allowing([dns, { ...calls, except: tcp }], { protocol: 'udp' })).toEqual([
      'rules.1.except.0.match',
    ]);
    expect(allowing([dns, { ...calls, except: tcp }], { protocol: 'sctp' })).toEqual([]);
    // What the pack alone takes from a narrow rule needs no exception of its own.
    const own = [{ match: { 'remote.ip': '192.0.2.1' }, reason: 'known', optional: true }];
    expect(allowing([calls, { ...dns, except: own }], { 'remote.port': 53 })).toEqual([]);
  });

  it('may take all from one rule that is narrower than another', () => {
    expect(allowing([calls, dns], { 'remote.port': 53 })).toEqual([]);
    expect(allowing([served], { direction: 'inbound' })).toEqual([]);
  });
});
