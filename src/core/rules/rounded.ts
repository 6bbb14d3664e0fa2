import type { FieldValue } from '../../model/activity.ts';

/**
 * Whether it stands for several numbers: from 2^53 on a double no longer tells whole numbers apart, and what an app
 * or the author of a rule has written there is known by the nearest one only.
 */
export function isRounded(value: FieldValue): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}
