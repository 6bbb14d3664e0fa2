import { loadNative } from './native.ts';

/** Numbers of kcmp(2) by architecture, since the C library has no function for it. */
const KCMP: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 312, arm64: 272 };
const KCMP_FILES = 2;

/** Whether two threads share their table of open files; null where the kernel does not tell (no permission, no koffi). */
export type SharesFiles = (one: number, other: number) => boolean | null;

/** See kcmp(2). */
export function sharesFiles(): SharesFiles {
  const native = loadNative();
  const number = KCMP[process.arch];
  if (native === null || number === undefined) return () => null;
  const call = native.libc.func('syscall', 'long', ['long', 'int', 'int', 'int', 'ulong', 'ulong']);
  return (one, other) => {
    const order = Number(call(number, one, other, KCMP_FILES, 0, 0));
    return order < 0 ? null : order === 0;
  };
}
