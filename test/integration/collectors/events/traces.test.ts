import { describe, expect, it } from 'vitest';
import { type Traces, UnseenRows } from '../../../../src/collectors/events/traces.ts';

const SOME: Traces = { schemaVersion: 1, schema: 'a', end: null, digest: 7, commit: '1', sizeBytes: 4096 };
const QUIET = { isSame: true, wasWritten: false };
const WRITTEN = { isSame: true, wasWritten: true };

describe('rows that came and went', () => {
  it('are not ruled out where something was written and the traces before or after are not known', () => {
    const unseen = new UnseenRows();
    expect(unseen.take(null, WRITTEN)).toBe(false);
    expect(unseen.take(null, QUIET)).toBe(false);
    expect(unseen.take(null, WRITTEN)).toBe(true);
    expect(unseen.take(SOME, WRITTEN)).toBe(true);
    expect(unseen.take(SOME, WRITTEN)).toBe(false);
    expect(unseen.take(null, { isSame: false, wasWritten: true })).toBe(false);
    expect(unseen.take(SOME, QUIET)).toBe(false);
    expect(unseen.take({ ...SOME, commit: '2' }, WRITTEN)).toBe(true);
  });

  it('may have come into another table that stood in for this one, which takes four changes of the schema', () => {
    const changed = (changes: number, schema = 'a'): boolean => {
      const unseen = new UnseenRows();
      unseen.take({ ...SOME, digest: null }, WRITTEN);
      return unseen.take({ ...SOME, digest: null, schemaVersion: 1 + changes, schema }, WRITTEN);
    };
    expect([1, 2, 3, 4, 5].map((changes) => changed(changes))).toEqual([false, false, false, true, true]);
    expect(changed(4, 'b')).toBe(false);
  });
});
