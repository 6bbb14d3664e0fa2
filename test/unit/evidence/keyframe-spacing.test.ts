import { describe, expect, it } from 'vitest';
import { KeyframeSpacing } from '../../../src/evidence/keyframe-spacing.ts';
import { documentRow } from '../../../src/evidence/rows.ts';
import type { Row } from '../../../src/evidence/tables.ts';

const BATCH: readonly Row[] = Array.from({ length: 500 }, () => documentRow('note', 'a'.repeat(92)));
/** Of so many batches a keyframe. */
const asLargeAs = (batches: number): readonly Row[] => Array.from({ length: batches }, () => BATCH).flat();

describe('the spacing of keyframes', () => {
  it('is 2,000 rows', () => {
    const spacing = new KeyframeSpacing();
    const isDue = Array.from({ length: 5 }, () => {
      spacing.wrote(BATCH);
      return spacing.isDue;
    });
    expect(isDue).toEqual([false, false, false, true, true]);
    expect(spacing.takes(BATCH.slice(0, 250))).toBe(true);
    spacing.begin();
    expect(spacing.isDue).toBe(false);
  });

  it('is more where one is too large, which is not made again before as large a one would be small', () => {
    const spacing = new KeyframeSpacing();
    const dueAfter: number[] = [];
    for (let batches = 1; batches <= 40; batches += 1) {
      spacing.wrote(BATCH);
      if (!spacing.isDue) continue;
      dueAfter.push(batches);
      // It grows meanwhile, and then no more.
      if (spacing.takes(asLargeAs(Math.min(batches / 2, 4)))) spacing.begin();
    }
    // Refused at 4 batches as large as 2 of them, at 16 as large as 4, and written at 32; then from the beginning.
    expect(dueAfter).toEqual([4, 16, 32, 36]);
  });
});
