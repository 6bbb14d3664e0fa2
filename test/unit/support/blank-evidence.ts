import type { SampleTable } from '../../../src/core/derive/sample-table.ts';
import type { Evidence, Window } from '../../../src/model/evidence.ts';

/** The opening of the window; all times of a scene are seconds from here. */
const OPENING_MS = 1_700_000_000_000;

export const at = (seconds: number): number => OPENING_MS + seconds * 1000;

export const SETTLE_SECONDS = 5;

/** An idle window that was looked at to its end. */
export const windowOf = (seconds: number): Window => ({
  id: 'idle',
  kind: 'idle',
  trigger: 'check',
  fromMs: at(0),
  toMs: at(seconds),
  requestedMs: seconds * 1000,
  settleMs: SETTLE_SECONDS * 1000,
  closedBy: 'duration',
});

/** Evidence of one look a second, from before the window until after it, that saw nothing at all. */
export const blankEvidence = (window: Window, seconds: number, samples: SampleTable): Evidence => ({
  run: {
    id: 'run',
    toolVersion: '0.1.0',
    nodeVersion: '20.0.0',
    host: {
      name: 'host',
      os: 'Linux',
      kernel: '6.18',
      cpus: 2,
      memoryBytes: 1e9,
      utcOffsetMinutes: 60,
      privileged: false,
    },
    command: 'idleproof check',
    startedAtMs: at(-SETTLE_SECONDS),
    tickMs: 1000,
  },
  windows: [window],
  targets: [],
  processes: [],
  looks: [
    {
      fromMs: at(-SETTLE_SECONDS),
      toMs: at(seconds + 1),
      looks: SETTLE_SECONDS + seconds + 2,
      longestStepMs: 1000,
    },
  ],
  samples,
  activities: [],
  counters: [],
  gaps: [],
  disturbances: [],
  wakes: [],
  collectors: [],
  eventTypes: {},
  notes: [],
  self: { cpuSeconds: 0.1, wakeups: 60, rssBytes: 5e7, connectionsOpened: 0 },
});
