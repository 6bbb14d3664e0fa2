import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isModelFile } from '../../../../src/core/discovery/model-file.ts';
import { parseProcSmaps } from '../../../../src/core/parse/proc-smaps.ts';

const SMAPS = `7f00-7f10 r--s 00000000 08:01 131 /models/tiny model.gguf
Size:               4096 kB
KernelPageSize:        4 kB
Rss:                1024 kB
Pss:                1024 kB
VmFlags: rd mr
7f10-7f20 r-xp 00001000 08:01 132 /usr/lib/libc.so.6 (deleted)
Size:                100 kB
Rss:                  50 kB
7f20-7f30 rw-p 00002000 08:01 132 /usr/lib/libc.so.6 (deleted)
Size:                  8 kB
Rss:                   8 kB
7f30-7f40 rw-p 00000000 00:00 0
Size:               9000 kB
Rss:                9000 kB
7ff0-7fff rw-p 00000000 00:00 0 [stack]
Size:                132 kB
Rss:                  12 kB
`;

describe('/proc/PID/smaps', () => {
  it('tells the files that are mapped, each once, without what is no file', () => {
    expect(parseProcSmaps(SMAPS)).toEqual([
      {
        path: '/models/tiny model.gguf',
        mappedBytes: 4096 * 1024,
        residentBytes: 1024 * 1024,
        isExecutable: false,
      },
      { path: '/usr/lib/libc.so.6', mappedBytes: 108 * 1024, residentBytes: 58 * 1024, isExecutable: true },
    ]);
  });

  it('of anything else tells nothing, and does not throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseProcSmaps(text)));
    expect(parseProcSmaps('')).toEqual([]);
  });
});

describe('a file of a model', () => {
  it.each([
    '/m/a.gguf',
    '/m/ggml-base.en.bin',
    '/m/pytorch_model-00001-of-00002.bin',
    '/m/A.ONNX',
    '/m/x.safetensors',
  ])('%s is one', (path) => expect(isModelFile(path)).toBe(true));
  it.each(['/bin/sh', '/lib/libonnx.so', '/data/app.bin', '/m/gguf', '/usr/lib/locale/locale-archive'])(
    '%s is none',
    (path) => expect(isModelFile(path)).toBe(false),
  );
});
