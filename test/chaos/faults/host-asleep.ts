import type { Fault } from '../fault.ts';
import { struck } from '../strike-inside.ts';

/** As in preloads/host-asleep.mjs. */
const SLEEPS_MS = 2_500;

export const hostAsleep: Fault = {
  name: 'host-asleep',
  says: 'the host sleeps for 2.5 s: target and watchdog stand still, and CLOCK_MONOTONIC with them',
  holdMs: SLEEPS_MS,
  holdsTarget: true,
  ...struck('host-asleep'),
  strike: ({ scene, watchdog }) => {
    process.kill(scene.driver.pid, 'SIGSTOP');
    watchdog.kill('SIGSTOP');
    // Pending until it goes on.
    watchdog.kill('SIGUSR2');
  },
  undo: ({ scene, watchdog }) => {
    watchdog.kill('SIGCONT');
    process.kill(scene.driver.pid, 'SIGCONT');
  },
};
