import type { Fault } from '../fault.ts';

const stopped = (name: string, holdMs: number, says: string): Fault => ({
  name,
  says,
  holdMs,
  strike: ({ watchdog }) => watchdog.kill('SIGSTOP'),
  undo: ({ watchdog }) => watchdog.kill('SIGCONT'),
});

export const watchdogStopped: Fault = stopped(
  'watchdog-stopped',
  3_200,
  'the watchdog is stopped (SIGSTOP) for more than five ticks',
);

export const watchdogStoppedBriefly: Fault = stopped(
  'watchdog-stopped-briefly',
  900,
  'the watchdog is stopped (SIGSTOP) for less than two ticks',
);
