import { describe, expect, it } from 'vitest';
import { dropOldest } from '../../../../src/core/derive/oldest.ts';

describe('dropOldest', () => {
  it('leaves those that were put in last', () => {
    const kept = new Map<number, string>();
    for (let key = 0; key < 10; key += 1) {
      kept.set(key, 'value');
      dropOldest(kept, 3);
    }
    expect([...kept.keys()]).toEqual([7, 8, 9]);
  });

  it('leaves as many as may be kept', () => {
    const kept = new Set(['a', 'b']);
    dropOldest(kept, 2);
    expect([...kept]).toEqual(['a', 'b']);
    dropOldest(kept, 1);
    expect([...kept]).toEqual(['b']);
    dropOldest(new Set(), 0);
  });

  it('leaves the dropping to whoever knows the entry elsewhere, too', () => {
    const dropped: string[] = [];
    dropOldest(new Set(['a', 'b', 'c']), 1, (key) => dropped.push(key));
    expect(dropped).toEqual(['a']);
  });
});
