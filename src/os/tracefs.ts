import { readdirSync, statSync } from 'node:fs';
import { loadNative } from './native.ts';
import { attempt, systemError, TracefsError } from './tracefs-error.ts';

/** Where tracefs is mounted: since Linux 4.1, and before. */
const USUAL_FOLDERS: readonly string[] = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/**
 * The folder of a mounted tracefs. Where there is none it is mounted, if its folder is there and empty and we may: it stays
 * mounted, as systemd does at boot. Throws a TracefsError that says why there is none.
 */
export function findTracefs(folders: readonly string[] = USUAL_FOLDERS): string {
  const problems: TracefsError[] = [];
  for (const folder of folders) {
    try {
      return mounted(folder);
    } catch (error) {
      problems.push(error as TracefsError);
    }
  }
  // «not permitted» says more than «not there», which the older folder mostly is.
  const telling = problems.find(({ code }) => code !== 'ENOENT') ?? problems[0];
  throw telling ?? new TracefsError("the kernel's trace", { code: 'ENOENT', message: '' });
}

function mounted(folder: string): string {
  return attempt(`the kernel's trace (${folder})`, () => {
    if (!isEmpty(folder)) {
      statSync(`${folder}/instances`);
      return folder;
    }
    if (process.geteuid?.() !== 0) throw Object.assign(new Error('not mounted'), { code: 'EACCES' });
    mount(folder);
    return folder;
  });
}

function isEmpty(folder: string): boolean {
  return readdirSync(folder).length === 0;
}

/** See mount(2). */
function mount(folder: string): void {
  const native = loadNative();
  if (native === null)
    throw new Error('tracefs is not mounted; mount -t tracefs tracefs /sys/kernel/tracing');
  const { koffi, libc } = native;
  const call = libc.func('mount', 'int', ['str', 'str', 'str', 'ulong', 'void *']);
  if (call('tracefs', folder, 'tracefs', 0, null) !== 0) throw systemError('mount', koffi.errno());
}
