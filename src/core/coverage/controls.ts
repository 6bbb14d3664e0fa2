import type { ControlName, PlantedControl } from '../../model/control.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
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
 * What was planted in a window (in the whole run for a window in which nothing is planted), and who caught it.
 * null: by a version that planted nothing.
 */
export function controlsIn(evidence: Evidence, window: TimeSpan): Control[] | null {
  const { controls } = evidence;
  if (controls === undefined) return null;
  const inside = controls.planted.filter(({ atMs }) => holds(window, atMs));
  const planted = inside.length > 0 ? inside : controls.planted;
  return (['tcp', 'udp', 'process'] as const).map((name) => {
    const own = planted.filter((one) => one.name === name);
    const caughtBy: CaughtBy[] = [];
    if (own.length > 0 && own.every((one) => isTraced(evidence, one))) caughtBy.push('trace');
    if (own.length > 0 && isCounted(evidence, own)) caughtBy.push('counters');
    return { name, planted: own.length, caughtBy };
  });
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
    if (activity.kind === 'process') return name === 'process' && activity.op === 'spawn' && pid !== null;
    if (activity.kind !== 'network' || activity.remote?.port !== port) return false;
    return activity.protocol === name && activity.op === (name === 'tcp' ? 'connect' : 'send');
  });
}

/** The counters of the watchdog's own namespace must have moved by what was planted between two readings. */
function isCounted({ counters }: Evidence, planted: readonly PlantedControl[]): boolean {
  const [first] = planted;
  const last = planted.at(-1);
  if (first === undefined || last === undefined) return false;
  const counter = COUNTED[first.name][0] ?? '';
  const scope = scopeOf(first);
  const readings = counters.filter((one) => one.scope === scope && one.values[counter] !== undefined);
  const before = readings.findLast(({ atMs }) => atMs <= first.atMs)?.values[counter];
  const after = readings.find(({ atMs }) => atMs > last.atMs)?.values[counter];
  return before !== undefined && after !== undefined && after - before >= planted.length;
}
