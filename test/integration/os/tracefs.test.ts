import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/os/native.ts';
import { openTraceInstance } from '../../../src/os/trace-instance.ts';
import { findTracefs } from '../../../src/os/tracefs.ts';
import { isRoot } from '../../support/programs.ts';
import { hasTrace } from '../../support/tracing.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-tracefs-'));
  cleanups.push(() => rmdirSync(folder));
  return folder;
}

/** Tracefs as a container has it, seen through the process that lives in such a mount namespace. */
async function readOnlyTracefs(): Promise<string> {
  const folder = emptyFolder();
  const script = `mount --bind /sys/kernel/tracing ${folder} && mount -o remount,bind,ro ${folder} && echo && exec sleep 1000`;
  const child = spawn('sh', ['-c', 'exec unshare --mount sh -c "$0"', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  await once(child.stdout, 'data');
  return `/proc/${child.pid}/root${folder}`;
}

describe('tracefs', () => {
  it('that is not there is told so', () => {
    expect(() => findTracefs(['/no/such/folder', '/nor/this'])).toThrow(
      "the kernel's trace (/no/such/folder): it is not there (ENOENT)",
    );
    expect(() => openTraceInstance({ bufferKb: 8, tracefs: '/no/such/folder' })).toThrow('(ENOENT)');
  });

  it.skipIf(process.geteuid?.() === 0)('needs root', () => {
    expect(() => findTracefs()).toThrow('needs root');
  });

  it.skipIf(process.geteuid?.() === 0)('cannot be mounted by others', () => {
    expect(() => findTracefs([emptyFolder()])).toThrow('not permitted; it needs root (EACCES)');
  });

  it.skipIf(!isRoot('mounting tracefs') || loadNative() === null || !hasTrace())(
    'is mounted where its folder is empty',
    () => {
      const folder = emptyFolder();
      cleanups.push(() => void spawnSync('sh', ['-c', `umount ${folder}`]));
      expect(findTracefs(['/no/such/folder', folder])).toBe(folder);
      openTraceInstance({ bufferKb: 8, tracefs: folder }).close();
    },
  );

  it.skipIf(!hasTrace())('that is read-only says so', async () => {
    const tracefs = await readOnlyTracefs();
    expect(findTracefs([tracefs])).toBe(tracefs);
    expect(() => openTraceInstance({ bufferKb: 8, tracefs })).toThrow('it is read-only here');
  });

  it.skipIf(!hasTrace())('without memory for a buffer leaves nothing behind', () => {
    // 16 TiB for each CPU.
    const open = (): unknown => openTraceInstance({ bufferKb: 2 ** 34 });
    expect(open).toThrow(/there is no memory for it|invalid/);
  });
});
