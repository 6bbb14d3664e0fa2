import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCodeMappings } from '../../../../src/core/parse/smaps.ts';

const RECORDED = `00400000-00b6f000 r--p 00000000 fe:00 260689                             /usr/bin/node
Size:               7612 kB
Rss:                5948 kB
Anonymous:             0 kB
VmFlags: rd mr mw me
00b72000-025fe000 r-xp 00772000 fe:00 260689                             /usr/bin/node
Size:              27184 kB
Rss:               16628 kB
Anonymous:             8 kB
7f2a00000000-7f2a00021000 r-xp 00000000 00:00 0
Size:                132 kB
Rss:                  64 kB
Anonymous:            64 kB
7f2a10000000-7f2a10001000 r-xp 00001000 fe:00 77                         /opt/my app/lib x.so (deleted)
Rss:                   4 kB
Anonymous:             0 kB
7ffc3b5f2000-7ffc3b5f4000 r-xp 00000000 00:00 0                          [vdso]
Rss:                   4 kB
`;

describe('parseCodeMappings', () => {
  it('picks code that comes from files, with what of it is in memory and what is no longer as in the file', () => {
    expect(parseCodeMappings(RECORDED)).toEqual([
      {
        address: 0xb72000,
        sizeBytes: 0x25fe000 - 0xb72000,
        rssBytes: 16628 * 1024,
        privateBytes: 8192,
        path: '/usr/bin/node',
      },
      {
        address: 0x7f2a10000000,
        sizeBytes: 4096,
        rssBytes: 4096,
        privateBytes: 0,
        path: '/opt/my app/lib x.so (deleted)',
      },
    ]);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseCodeMappings(text)).toEqual([]);
      }),
    );
  });
});
