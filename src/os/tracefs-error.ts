import { getSystemErrorName } from 'node:util';

const MEANINGS: Readonly<Record<string, string>> = {
  EROFS: 'it is read-only here, as in most containers and under ProtectKernelTunables= of a unit',
  EACCES: 'not permitted; it needs root',
  EPERM: 'not permitted; it needs root outside of a container, and a kernel that is not locked down',
  ENOENT: 'it is not there',
  ENODEV: 'the kernel was built without it',
  ENOMEM: 'there is no memory for it',
  ENOSPC: 'there is no space for it',
  EBUSY: 'somebody else uses it',
};

/** Something that tracefs refused; the message says it in words that can stand in a report. */
export class TracefsError extends Error {
  /** ENOENT, EROFS, …; null where it was no system call that failed. */
  readonly code: string | null;

  /** @param what what was tried, as «the kernel's trace (/sys/kernel/tracing)» */
  constructor(what: string, cause: unknown) {
    const { code = null, message } = cause as { code?: string | null; message: string };
    super(`${what}: ${code === null ? message : `${MEANINGS[code] ?? message} (${code})`}`, { cause });
    this.name = 'TracefsError';
    this.code = code;
  }
}

/** Does it, or throws a TracefsError. */
export function attempt<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof TracefsError ? error : new TracefsError(what, error);
  }
}

/** The error of a system call that was made through koffi. */
export function systemError(call: string, errno: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${call}: ${code}`), { code, errno });
}
