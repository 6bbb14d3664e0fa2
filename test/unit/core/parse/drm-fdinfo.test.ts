import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDrmFdinfo } from '../../../../src/core/parse/drm-fdinfo.ts';

/** As amdgpu and i915 write it; see the kernel's drm-usage-stats.rst. */
const AMD = `pos:\t0
flags:\t02100002
drm-driver:\tamdgpu
drm-client-id:\t79
drm-pdev:\t0000:0c:00.0
drm-total-vram:\t2048 KiB
drm-resident-vram:\t1024 KiB
drm-resident-gtt:\t1 MiB
drm-memory-vram:\t4096 KiB
drm-engine-gfx:\t9288864723 ns
`;

describe('parseDrmFdinfo', () => {
  it('sums what is resident in all regions', () => {
    expect(parseDrmFdinfo(AMD)).toEqual({ client: '0000:0c:00.0 79', bytes: 2 * 1024 ** 2 });
  });

  it('takes what an older driver tells', () => {
    expect(parseDrmFdinfo('drm-client-id: 3\ndrm-memory-vram: 512 KiB\n')?.bytes).toBe(512 * 1024);
    expect(parseDrmFdinfo('drm-total-system0: 4096\n')).toEqual({ client: null, bytes: 4096 });
  });

  it('does not call it 0 where the driver tells nothing', () => {
    expect(parseDrmFdinfo('pos:\t0\ndrm-driver:\tvirtio_gpu\ndrm-engine-gfx: 5 ns\n')).toBeNull();
  });

  it('never tells NaN', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('memory-a', 'total-b', 'resident-', '-'), fc.string())),
        (lines) => {
          const memory = parseDrmFdinfo(lines.map(([key, value]) => `drm-${key}: ${value}`).join('\n'));
          expect(memory?.bytes).not.toBeNaN();
        },
      ),
    );
  });
});
