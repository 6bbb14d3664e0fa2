import { loadNative } from './native.ts';

/** Option of prctl(2): descendants whose parent ends become children of this process, not of init. */
const PR_SET_CHILD_SUBREAPER = 36;
/** Option of waitpid(2): do not wait. */
const WNOHANG = 1;

interface Calls {
  prctl: (option: number, ...typesAndValues: (string | number)[]) => number;
  waitpid: (pid: number, status: Int32Array, options: number) => number;
}

let calls: Calls | null | undefined;

function declareCalls(): Calls | null {
  const native = loadNative();
  if (native === null) return null;
  return {
    prctl: native.libc.func('prctl', 'int', ['int', '...']),
    waitpid: native.libc.func('waitpid', 'int', ['int', 'void *', 'int']),
  };
}

/** Makes this process the subreaper of its descendants. False where that cannot be done: then they go to init. */
export function becomeSubreaper(): boolean {
  calls ??= declareCalls();
  if (calls === null) return false;
  const unused = ['unsigned long', 0, 'unsigned long', 0, 'unsigned long', 0];
  return calls.prctl(PR_SET_CHILD_SUBREAPER, 'unsigned long', 1, ...unused) === 0;
}

/**
 * Collects one ended child by its pid, never any child: those that Node started are collected by its own event loop.
 * Returns its exit code, 128 + the signal's number where a signal ended it; null where it has not ended or is no child.
 */
export function reap(pid: number): number | null {
  calls ??= declareCalls();
  const status = new Int32Array(1);
  if (calls === null || calls.waitpid(pid, status, WNOHANG) !== pid) return null;
  const value = status[0] ?? 0;
  const signal = value & 0x7f;
  return signal === 0 ? (value >> 8) & 0xff : 128 + signal;
}
