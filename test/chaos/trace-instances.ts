import { join } from 'node:path';
import { INSTANCES, instancesOf } from '../support/midway.ts';
import { hasTrace } from '../support/tracing.ts';
import type { Watchdog } from './watchdog.ts';

/** Folders of a watchdog's instances of the kernel's trace. */
export function traceFoldersOf({ pid }: Watchdog): string[] {
  const folders = instancesOf(pid).map((name) => join(INSTANCES, name));
  if (folders.length === 0) throw new Error('the watchdog has no trace');
  return folders;
}

export const needsTrace = (): string | null =>
  hasTrace() ? null : "the kernel's trace needs root and a mounted /sys/kernel/tracing";

export const needsRoot = (): string | null => (process.geteuid?.() === 0 ? null : 'it needs root');
