import { parseCodeMappings } from '../core/parse/smaps.ts';
import { loadNative } from './native.ts';
import { Procfs } from './procfs.ts';

/** madvise(2), asm-generic/mman-common.h */
const MADV_DONTNEED = 4;

/**
 * What lets go of this process's pages of the code of Node and its libraries: most are touched only while a program loads and
 * compiles (17 MB). They stay in the kernel's page cache; what is executed again is mapped again, some microseconds for 64 KiB.
 * Left alone is code with pages of its own: letting go of these would take back what somebody has written there.
 * @returns null where the C library cannot be called
 */
export function codeReleaser(): (() => void) | null {
  const native = loadNative();
  if (native === null) return null;
  const madvise = native.libc.func('madvise', 'int', ['uintptr_t', 'size_t', 'int']);
  const procfs = new Procfs();
  return () => {
    for (const { address, sizeBytes, privateBytes } of parseCodeMappings(procfs.read('self/smaps') ?? '')) {
      if (privateBytes === 0) madvise(address, sizeBytes, MADV_DONTNEED);
    }
  };
}
