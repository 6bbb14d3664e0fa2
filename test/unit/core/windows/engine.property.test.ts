import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowEngine } from '../../../../src/core/windows/engine.ts';
import type { CommandFact, LookFacts } from '../../../../src/core/windows/facts.ts';
import type { WindowSpec } from '../../../../src/model/window-spec.ts';
import { Book, manual, run, schedule, userQuiet } from './book.ts';

const TICK_MS = 1000;
const MAX_MS = 60_000;

const limits = fc.record({
  settleMs: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 0, max: 15_000 })),
  maxDurationMs: fc.constant(MAX_MS),
  guardMs: fc.integer({ min: 0, max: 4000 }),
});

const plans: fc.Arbitrary<WindowSpec[]> = fc
  .tuple(limits, limits, limits, limits, limits, fc.integer({ min: 1, max: 40_000 }))
  .map(([a, b, c, d, e, quietForMs]) => [
    userQuiet({ ...a, quietForMs }),
    userQuiet({ ...b, id: 'long-quiet', quietForMs: 30_000 }),
    schedule({ ...c, durationMs: 90_000 }),
    manual(d),
    run(e),
  ]);

/** What a look can bring; `lateMs` ago it happened, or, where that is negative, its stamp lies ahead. */
interface Round {
  stepMs: number;
  actionsLateMs: number[];
  manual: { op: 'open' | 'close'; lateMs: number }[];
  firesLateMs: number[];
  command: { op: 'ready' | 'ended'; lateMs: number }[];
  measuring: ('awaited' | 'over')[];
  calm: boolean;
}

const lateMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3000 }) },
  { weight: 2, arbitrary: fc.integer({ min: -2000, max: 60_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2_000_000 }) },
);
const rarely = <T>(one: fc.Arbitrary<T>, weight: number) =>
  fc.oneof(
    { weight, arbitrary: fc.constant([] as T[]) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) },
  );

const stepMs = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 900, max: 1100 }) },
  { weight: 10, arbitrary: fc.integer({ min: 1, max: 5000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4990, max: 100_000 }) },
);

const round: fc.Arbitrary<Round> = fc.record({
  stepMs,
  actionsLateMs: rarely(lateMs, 25),
  manual: rarely(fc.record({ op: fc.constantFrom('open', 'close'), lateMs }), 15),
  firesLateMs: rarely(lateMs, 20),
  command: rarely(fc.record({ op: fc.constantFrom('ready', 'ended'), lateMs }), 15),
  measuring: rarely(fc.constantFrom('awaited', 'over', 'over'), 40),
  calm: fc.boolean(),
});
const rounds = fc.array(round, { minLength: 1, maxLength: 300, size: 'max' });

const START_MS = 5_000_000;

function* looks(given: readonly Round[]): Generator<LookFacts & { userActions: number[] }> {
  let previousMs: number | null = null;
  let nowMs = START_MS;
  for (const one of given) {
    if (previousMs !== null) nowMs += one.stepMs;
    yield {
      nowMs,
      previousMs,
      userActions: one.actionsLateMs.map((late) => nowMs - late),
      manual: one.manual.map(({ op, lateMs: late }) => ({ id: 'by-hand', op, atMs: nowMs - late })),
      cronFires: one.firesLateMs.map((late) => ({ id: 'nightly', atMs: nowMs - late })),
      command: one.command.map(({ op, lateMs: late }): CommandFact => {
        const atMs = nowMs - late;
        return op === 'ready' ? { op, atMs, launchedAtMs: atMs - 3000 } : { op, atMs };
      }),
      measuring: one.measuring,
      calm: one.calm ? ['after-chat', 'long-quiet', 'nightly', 'by-hand', 'whole'] : [],
    };
    previousMs = nowMs;
  }
}

describe('whatever it is told', () => {
  it('windows of one id never overlap, each that opened ends once, and none contains a user action', () => {
    let told = { windows: 0, amended: 0, withdrawn: 0, discarded: 0 };
    fc.assert(
      fc.property(plans, rounds, (windows, given) => {
        const engine = new WindowEngine({ windows, tickMs: TICK_MS }, START_MS);
        const book = new Book();
        const actionsMs: number[] = [];
        const lookedMs: number[] = [];
        let lastMs = START_MS;
        let isMeasuring = false;
        let measuredMs = -Infinity;
        for (const facts of looks(given)) {
          for (const op of facts.measuring ?? []) {
            isMeasuring = op === 'awaited';
            if (op === 'over') measuredMs = facts.nowMs;
          }
          lastMs = facts.nowMs;
          lookedMs.push(lastMs);
          actionsMs.push(...facts.userActions.map((atMs) => Math.min(lastMs, atMs)));
          const opened = book.opened;
          const actions = engine.look(facts);
          book.take(actions);
          const closed = new Set(actions.flatMap((one) => (one.kind === 'close' ? [one.id] : [])));
          for (const one of actions) {
            // What is cut goes on at once.
            if (one.kind !== 'open' || closed.has(one.id)) continue;
            const spec = windows.find(({ id }) => id === one.id)!;
            const quietMs = spec.trigger === 'user-quiet' ? spec.quietForMs : 0;
            const settleMs = spec.settleMs === 'auto' ? 0 : spec.settleMs;
            expect(one.fromMs).toBeGreaterThanOrEqual(measuredMs + quietMs + settleMs);
          }
          for (const { fromMs } of book.actions.filter(({ kind }) => kind === 'open').slice(opened))
            expect([fromMs, isMeasuring]).toEqual([lastMs, false]);
          expect(book.opened - book.ended).toBe(book.open.size);
          // What is open is idle as far as is known.
          for (const spec of windows) {
            const fromMs = book.open.get(spec.id);
            if (fromMs === undefined || spec.trigger !== 'user-quiet') continue;
            const ok = actionsMs.every((atMs) => atMs + spec.quietForMs <= fromMs);
            expect(ok).toBe(true);
          }
        }
        book.take(engine.close(lastMs, 'shutdown'));
        expect(book.open.size).toBe(0);
        expect(book.opened).toBe(book.ended);
        for (const spec of windows) {
          const own = book.windows.filter(({ id }) => id === spec.id);
          own.forEach(({ fromMs, toMs }, index) => {
            const next = own[index + 1];
            if (next !== undefined) expect(next.fromMs).toBeGreaterThanOrEqual(toMs);
            expect(toMs - fromMs).toBeLessThanOrEqual(MAX_MS + 5 * TICK_MS);
            // No gap lies in it.
            const inside = lookedMs.filter((atMs) => atMs > fromMs && atMs < toMs);
            [...inside, toMs].reduce((before, atMs) => {
              expect(atMs - before).toBeLessThanOrEqual(5 * TICK_MS);
              return atMs;
            }, fromMs);
            if (spec.trigger !== 'user-quiet') return;
            const used = actionsMs.filter(
              (atMs) =>
                atMs > fromMs - spec.quietForMs && atMs - spec.guardMs < toMs && atMs <= toMs + spec.guardMs,
            );
            expect(used).toEqual([]);
          });
        }
        told = {
          windows: told.windows + book.windows.length,
          amended: told.amended + book.actions.filter(({ kind }) => kind === 'amend').length,
          withdrawn: told.withdrawn + book.actions.filter(({ kind }) => kind === 'withdraw').length,
          discarded: told.discarded + book.actions.filter(({ kind }) => kind === 'discard').length,
        };
      }),
      { numRuns: 300 },
    );
    // The property would hold of an engine that does nothing.
    for (const count of Object.values(told)) expect(count).toBeGreaterThan(10);
  });

  it('is asked only when something is due, and says the same', () => {
    fc.assert(
      fc.property(plans, rounds, (windows, given) => {
        const always = new WindowEngine({ windows, tickMs: TICK_MS }, START_MS);
        const seldom = new WindowEngine({ windows, tickMs: TICK_MS }, START_MS);
        for (const facts of looks(given)) {
          const { nowMs, previousMs } = facts;
          const heard = (facts.calm ?? []).filter((id) => always.awaitsCalm.some((one) => one.id === id));
          const told = { ...facts, calm: heard };
          const hasNews = [
            told.userActions,
            told.manual,
            told.cronFires,
            told.command,
            told.measuring,
            told.calm,
          ].some((list) => (list ?? []).length > 0);
          const isGap = previousMs !== null && nowMs - previousMs > 5 * TICK_MS;
          const actions = always.look(told);
          if (hasNews || isGap || nowMs >= seldom.dueAtMs) expect(seldom.look(told)).toEqual(actions);
          else expect(actions).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('when everything is told at once', () => {
  const stretches = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 12 });

  it('windows, quiet, settling and guards add up to the whole time', () => {
    const spec = userQuiet({ quietForMs: 30_000, settleMs: 7000, maxDurationMs: MAX_MS });
    fc.assert(
      fc.property(stretches, (given) => {
        let atMs = 0;
        const actionsMs = given.map((stepped) => (atMs += stepped));
        const engine = new WindowEngine({ windows: [spec], tickMs: TICK_MS }, 0);
        const book = new Book();
        let told = 0;
        let nowMs = 0;
        for (; told < actionsMs.length; nowMs += TICK_MS) {
          const upTo = actionsMs.findIndex((one) => one > nowMs);
          const end = upTo === -1 ? actionsMs.length : upTo;
          const userActions = actionsMs.slice(told, end);
          told = end;
          book.take(engine.look({ nowMs, previousMs: nowMs === 0 ? null : nowMs - TICK_MS, userActions }));
        }
        let fromMs = 0;
        const expected = actionsMs.flatMap((one) => {
          const openMs = Math.ceil((fromMs + 37_000) / TICK_MS) * TICK_MS;
          fromMs = one;
          const toMs = one - spec.guardMs;
          const count = Math.ceil((toMs - openMs) / MAX_MS);
          return Array.from({ length: Math.max(0, count) }, (_, index) => [
            openMs + index * MAX_MS,
            Math.min(toMs, openMs + (index + 1) * MAX_MS),
          ]);
        });
        expect(book.windows.map((one) => [one.fromMs, one.toMs])).toEqual(expected);
      }),
    );
  });
});
