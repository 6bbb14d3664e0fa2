import { basename } from 'node:path';
import { type ControlName, PLANTED_PROGRAM, type PlantedControl } from '../../model/control.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { once, spanKey } from '../derive/once.ts';
import { holds } from '../derive/spans.ts';

/** How a planted activity was caught: `trace` tells each one, `counters` only how many there were at least. */
export type CaughtBy = 'trace' | 'counters';

/** All activities of one kind that were planted in a window. */
export interface Control {
  name: ControlName;
  planted: number;
  caughtBy: CaughtBy[];
}

/** A record is stamped by the kernel a moment after the watchdog noted what it was about to do. */
const LATE_MS = 1_000;

/** What each planted activity adds to counters, one to each; see NamespaceCounters and the host's count of tasks. */
const COUNTED: Record<ControlName, readonly string[]> = {
  tcp: ['tcpActiveOpens', 'tcpPassiveOpens'],
  udp: ['udpOutDatagrams', 'udpInDatagrams'],
  process: ['tasks'],
};

/** The scope of the counter readings in which a planted activity appears. */
const scopeOf = ({ name, networkScope }: PlantedControl): string | null =>
  name === 'process' ? 'forks' : networkScope;

/**
 * What was planted in a window, and who caught it; for the stop of a command, in which nothing is planted, what was planted before.
 * One that could not be planted, or never was, is one that nobody caught. null: the evidence is made up, and nothing had to be planted.
 */
export function controlsIn(
  evidence: Evidence,
  window: TimeSpan & Partial<Pick<Window, 'kind'>>,
): readonly Control[] | null {
  return once(evidence, controlsIn, `${spanKey(window)} ${window.kind ?? ''}`, () =>
    plantedAndCaught(evidence, window),
  );
}

function plantedAndCaught(
  evidence: Evidence,
  window: TimeSpan & Partial<Pick<Window, 'kind'>>,
): Control[] | null {
  const { controls } = evidence;
  if (controls === undefined) return null;
  const isHere = ({ atMs }: { atMs: number }): boolean => window.kind === 'stop' || holds(window, atMs);
  const planted = controls.planted.filter(isHere);
  const failed = new Set(controls.failures.filter(isHere).map(({ name }) => name));
  return (['tcp', 'udp', 'process'] as const).map((name) => {
    const own = planted.filter((one) => one.name === name);
    const caughtBy: CaughtBy[] = [];
    const isWhole = own.length > 0 && !failed.has(name);
    if (isWhole && own.every((one) => isTraced(evidence, one))) caughtBy.push('trace');
    if (isWhole && isCounted(evidence, own)) caughtBy.push('counters');
    return { name, planted: own.length, caughtBy };
  });
}

/** Whether counters showed what was planted, so that they would have shown others' doing; true where nothing was to be planted. */
export function countersShow(evidence: Evidence, window: TimeSpan, names: readonly ControlName[]): boolean {
  return (controlsIn(evidence, window) ?? []).every(
    ({ name, caughtBy }) => !names.includes(name) || caughtBy.includes('counters'),
  );
}

/** By how much the watchdog itself moved a counter of a scope in a span. */
export function plantedIn({ controls }: Evidence, counter: string, scope: string, span: TimeSpan): number {
  return (controls?.planted ?? []).filter(
    (one) => COUNTED[one.name].includes(counter) && scopeOf(one) === scope && holds(span, one.atMs),
  ).length;
}

function isTraced({ controls }: Evidence, { name, atMs, port, pid }: PlantedControl): boolean {
  return (controls?.seen ?? []).some((activity) => {
    if (activity.collector !== 'trace' || Math.abs(activity.atMs - atMs) > LATE_MS) return false;
    if (activity.kind === 'process')
      return (
        name === 'process' &&
        pid !== null &&
        activity.op === 'spawn' &&
        basename(activity.exe ?? '') === PLANTED_PROGRAM
      );
    if (activity.kind !== 'network' || activity.remote?.port !== port) return false;
    return activity.protocol === name && activity.op === (name === 'tcp' ? 'connect' : 'send');
  });
}

/** The counters of the watchdog's own namespace must have moved by what was planted between two readings. */
function isCounted({ counters }: Evidence, planted: readonly PlantedControl[]): boolean {
  const [first] = planted;
  const last = planted.at(-1);
  if (first === undefined || last === undefined) return false;
  const scope = scopeOf(first);
  return COUNTED[first.name].every((counter) => {
    const readings = counters.filter((one) => one.scope === scope && one.values[counter] !== undefined);
    const before = readings.findLast(({ atMs }) => atMs <= first.atMs)?.values[counter];
    const after = readings.find(({ atMs }) => atMs > last.atMs)?.values[counter];
    return before !== undefined && after !== undefined && after - before >= planted.length;
  });
}
