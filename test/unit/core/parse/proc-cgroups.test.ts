import { describe, expect, it } from 'vitest';
import { countV1Cgroups } from '../../../../src/core/parse/proc-cgroups.ts';

const TEXT =
  '#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\nfreezer\t6\t12\t1\nhugetlb\t0\t80\t1\n';

describe('countV1Cgroups', () => {
  it('counts the cgroups of a hierarchy of version 1 alone', () => {
    expect(countV1Cgroups(TEXT, 'freezer')).toBe(12);
    expect(countV1Cgroups(TEXT, 'cpu')).toBe(1);
    expect(countV1Cgroups(TEXT, 'hugetlb')).toBe(0);
    expect(countV1Cgroups(TEXT, 'memory')).toBe(0);
    expect(countV1Cgroups('', 'freezer')).toBe(0);
  });
});
