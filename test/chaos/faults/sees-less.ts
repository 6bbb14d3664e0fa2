import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../fault.ts';
import { needsRoot, needsTrace } from '../trace-instances.ts';

const HIDDEN =
  'for f in /sys/kernel/tracing /sys/kernel/debug; do mount -t tmpfs none $f && touch $f/taken; done; exec "$@"';

export const noTrace: Fault = {
  name: 'no-trace',
  says: "the kernel's trace is not to be had",
  unavailable: needsTrace,
  setUp: () => ({ inside: ['unshare', '--mount', 'sh', '-ec', HIDDEN, 'sh'] }),
};

export const noNative: Fault = {
  name: 'no-native',
  says: 'the C library is not to be had (koffi): no CPU clocks, no netlink, no canary',
  setUp: () => ({ env: { ...process.env, IDLEPROOF_NO_NATIVE: '1' } }),
};

export const otherUser: Fault = {
  name: 'other-user',
  says: 'the watchdog runs as another user than the target',
  unavailable: needsRoot,
  setUp: ({ folder }) => {
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'out'), 0o777);
    return { uid: 65_534 };
  },
};
