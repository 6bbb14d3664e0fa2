import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interactiveAt, type PageProgress } from '../../../../src/core/measure/interactive.ts';

const page = (some: Partial<PageProgress>): PageProgress => ({
  firstPaintMs: 100,
  contentLoadedMs: 80,
  longTasks: [],
  requests: [],
  untilMs: 60_000,
  ...some,
});
const task = (fromMs: number, toMs: number) => ({ fromMs, toMs });
const request = (fromMs: number, toMs: number | null, isScript = false) => ({ fromMs, toMs, isScript });

describe('interactiveAt', () => {
  it('is the first paint of a page that does nothing after it', () => {
    expect(interactiveAt(page({}))).toBe(100);
  });

  it('is not known before 5 s of quiet were seen, nor without a paint or a document', () => {
    expect(interactiveAt(page({ untilMs: 5_099 }))).toBeNull();
    expect(interactiveAt(page({ untilMs: 5_100 }))).toBe(100);
    expect(interactiveAt(page({ firstPaintMs: null }))).toBeNull();
    expect(interactiveAt(page({ contentLoadedMs: null }))).toBeNull();
  });

  it('is the end of the last long task before the quiet', () => {
    expect(interactiveAt(page({ longTasks: [task(300, 900), task(5_800, 6_000)] }))).toBe(6_000);
    expect(interactiveAt(page({ longTasks: [task(300, 900), task(5_901, 6_100)] }))).toBe(900);
  });

  it('is not before the document is loaded', () => {
    expect(interactiveAt(page({ contentLoadedMs: 4_000 }))).toBe(4_000);
  });

  it('waits until at most two requests are on their way, and is itself no later for them', () => {
    const three = [request(50, 3_000), request(60, 3_500), request(70, 9_000)];
    expect(interactiveAt(page({ requests: three, untilMs: 7_999 }))).toBeNull();
    expect(interactiveAt(page({ requests: three, untilMs: 8_000 }))).toBe(100);
    expect(interactiveAt(page({ requests: [request(50, null), request(60, null)] }))).toBe(100);
    expect(interactiveAt(page({ requests: [1, 2, 3].map((at) => request(at, null)) }))).toBeNull();
  });

  it('waits for each script', () => {
    expect(interactiveAt(page({ requests: [request(50, 6_400, true)] }))).toBe(6_400);
    expect(interactiveAt(page({ requests: [request(50, null, true)] }))).toBeNull();
  });

  it('never lies before paint, document, or a long task that the quiet came after', () => {
    const span = fc
      .tuple(fc.nat(20_000), fc.integer({ min: 51, max: 3_000 }))
      .map(([from, lasted]) => task(from, from + lasted));
    fc.assert(
      fc.property(
        fc.nat(5_000),
        fc.nat(5_000),
        fc.array(span, { maxLength: 20 }),
        (firstPaintMs, contentLoadedMs, longTasks) => {
          const at = interactiveAt(page({ firstPaintMs, contentLoadedMs, longTasks })) ?? Number.NaN;
          expect(at).toBeGreaterThanOrEqual(Math.max(firstPaintMs, contentLoadedMs));
          const quiet = Math.max(
            firstPaintMs,
            ...longTasks.map(({ toMs }) => toMs).filter((toMs) => toMs <= at),
          );
          for (const { fromMs, toMs } of longTasks)
            expect(toMs <= at || fromMs >= quiet + 5_000 || at === contentLoadedMs).toBe(true);
        },
      ),
    );
  });
});
