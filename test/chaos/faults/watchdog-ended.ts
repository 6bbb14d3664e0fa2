import type { Fault } from '../fault.ts';

const ended = (name: string, signal: NodeJS.Signals, says: string): Fault => ({
  name,
  says,
  lasts: true,
  moments: ['before'],
  strike: ({ watchdog }) => watchdog.kill(signal),
});

export const watchdogKilled: Fault = ended(
  'watchdog-killed',
  'SIGKILL',
  'the watchdog is killed (SIGKILL); what it left is judged',
);

export const watchdogInterrupted: Fault = ended(
  'watchdog-interrupted',
  'SIGTERM',
  'the watchdog is told to end (SIGTERM), and closes its window early',
);
