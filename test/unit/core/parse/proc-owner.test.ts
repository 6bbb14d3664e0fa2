import { describe, expect, it } from 'vitest';
import { parseOwner } from '../../../../src/core/parse/proc-owner.ts';

describe('parseOwner', () => {
  it('takes the effective user', () => {
    expect(parseOwner('Name:\tsu\nUid:\t1000\t0\t0\t0\nGid:\t5\t6\t7\t8\n')).toBe(0);
    expect(parseOwner('Name:\tsh\nUid:\t33\t1001\t33\t33\n')).toBe(1001);
  });

  it('is not misled by a name, and says when it does not know', () => {
    expect(parseOwner('Name:\tUid:\t1\t2\n')).toBeNull();
    expect(parseOwner('')).toBeNull();
  });
});
