import type { Availability, CollectorName, CollectorSet } from '../../model/collector.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { Coverage } from '../../model/proof.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Sample } from '../../model/sample.ts';
import { SampleTable } from '../derive/sample-table.ts';
import { describeCoverage } from './coverage.ts';

type Excludes = Coverage['excludes'];

/** What a window would exclude if all went well: no gap, nothing lost. */
export interface Forecast {
  /** While nothing runs in the targets, or nothing but what is seen leaves their network namespace. */
  atRest: Excludes;
  /** While the targets run and others in their network namespace send. */
  atWork: Excludes;
}

export interface ForecastFacts {
  targets: readonly string[];
  processes: readonly WatchedProcess[];
  collectors: readonly (Availability & { name: CollectorName; target: string | null })[];
  set: CollectorSet;
  durationMs: number;
  tickMs: number;
}

/**
 * Puts a window together in which every look was taken and no collector failed, and asks of it what is asked of real ones,
 * so that a forecast and a proof cannot disagree about the same facts.
 */
export function forecast(facts: ForecastFacts): Forecast {
  return { atRest: excludesOf(facts, false), atWork: excludesOf(facts, true) };
}

function excludesOf(facts: ForecastFacts, isAtWork: boolean): Excludes {
  const window: Window = {
    id: 'forecast',
    kind: 'idle',
    trigger: 'check',
    fromMs: 0,
    toMs: facts.durationMs,
    requestedMs: facts.durationMs,
    settleMs: 0,
    closedBy: 'duration',
  };
  return describeCoverage(evidenceOf(facts, window, isAtWork), window).excludes;
}

function evidenceOf(facts: ForecastFacts, window: Window, isAtWork: boolean): Evidence {
  const { targets, processes, collectors, set, durationMs, tickMs } = facts;
  const looks = Math.floor(durationMs / tickMs);
  return {
    run: {
      id: 'forecast',
      toolVersion: '',
      nodeVersion: '',
      host: {
        name: '',
        os: '',
        kernel: '',
        cpus: 1,
        memoryBytes: 0,
        utcOffsetMinutes: 0,
        privileged: false,
      },
      command: '',
      startedAtMs: -tickMs,
      tickMs,
      collectors: set,
    },
    windows: [window],
    targets: targets.map((name) => ({
      name,
      selector: { by: 'pid', pid: 0 },
      events: null,
      orphans: [],
      notes: [],
    })),
    processes: processes.map((process) => ({ ...process, startedAtMs: -tickMs })),
    looks: [{ fromMs: 0, toMs: looks * tickMs, looks: looks + 1, longestStepMs: tickMs }],
    samples: SampleTable.of(processes.flatMap(({ id }) => clockSamples(id, facts, isAtWork))),
    activities: [],
    counters: [],
    gaps: [],
    disturbances: [],
    wakes: [],
    collectors: collectors.map((one) => ({ ...one, lost: 0, cpuSeconds: 0 })),
    eventTypes: {},
    notes: [],
    self: { cpuSeconds: 0, wakeups: null, rssBytes: 0, connectionsOpened: 0 },
  };
}

/** A CPU clock that is read once, and once more in the window after it has moved. */
function clockSamples(processId: number, { tickMs }: ForecastFacts, isAtWork: boolean): Sample[] {
  const before: Sample = { atMs: -tickMs, processId, cpuNs: 1 };
  return isAtWork ? [before, { atMs: tickMs, processId, cpuNs: 2 }] : [before];
}
