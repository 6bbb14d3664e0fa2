import type { Availability } from '../../model/collector.ts';
import type { CollectorReport, HostNoise, SelfReport, StretchReport } from '../../model/evidence.ts';
import type { TargetReport } from '../../model/target.ts';
import type { TimeSpan } from '../../model/time.ts';
import { worstTier } from '../coverage/tiers.ts';
import { outside, totalMs } from '../derive/spans.ts';

/** What holds for one window of many: the reports of all stretches that touch it, as one. */
export type WindowReport = Omit<StretchReport, keyof TimeSpan>;

/** From best to worst. */
const STATUSES: readonly Availability['status'][] = ['ok', 'partial', 'unavailable'];

/**
 * Joins the reports of the stretches that touch a window; null where none does. The worst of each counts: a stretch may reach
 * beyond the window, and what failed in it may have failed inside. A part of the window that nobody reported on spoils every collector's
 * report, as does a collector that some stretches do not know.
 * @param reports in order of time
 * @param toleranceMs so much may lie between two stretches: looks are that far apart
 */
export function reportOf(
  reports: readonly StretchReport[],
  window: TimeSpan,
  toleranceMs: number,
): WindowReport | null {
  const touching = reports.filter(({ fromMs, toMs }) => fromMs < window.toMs && toMs > window.fromMs);
  const last = touching.at(-1);
  if (last === undefined) return null;
  const untold = outside(window, touching).filter(({ fromMs, toMs }) => toMs - fromMs > toleranceMs);
  const reasons =
    untold.length === 0 ? [] : [`nobody reported on ${(totalMs(untold) / 1000).toFixed(1)} s of the window`];
  return {
    collectors: joinCollectors(touching, reasons),
    targets: joinTargets(touching),
    self: touching.map(({ self }) => self).reduce(addSelf),
    noise: joinNoise(touching),
    eventTypes: last.eventTypes,
    eventColumns: last.eventColumns,
    notes: [...new Set(touching.flatMap(({ notes }) => notes))],
  };
}

function joinCollectors(stretches: readonly StretchReport[], untold: readonly string[]): CollectorReport[] {
  const all = stretches.flatMap(({ collectors }) => collectors);
  const keys = [...new Set(all.map(keyOf))];
  return keys.flatMap((key) => {
    const own = all.filter((report) => keyOf(report) === key);
    const [first] = own;
    if (first === undefined) return [];
    const absent = stretches.some(({ collectors }) => !collectors.some((report) => keyOf(report) === key));
    const missing = [...untold, ...(absent ? ['it was not at work for the whole window'] : [])];
    const reasons = [...new Set([...missing, ...own.flatMap(({ reason }) => reason ?? [])])];
    const statuses: Availability['status'][] = own.map(({ status }) => status);
    return [
      {
        name: first.name,
        target: first.target,
        status: worstStatus(missing.length > 0 ? [...statuses, 'partial'] : statuses),
        tier: worstTier(own.map(({ tier }) => tier)),
        reason: reasons.length === 0 ? null : reasons.join('; '),
        lost: sum(own.map(({ lost }) => lost)),
        cpuSeconds: own.map(({ cpuSeconds }) => cpuSeconds).reduce(addKnown),
      },
    ];
  });
}

const keyOf = ({ name, target }: CollectorReport): string => JSON.stringify([name, target]);

/** Of each target what was last known, with everybody who was noticed beside it in any stretch. */
function joinTargets(stretches: readonly StretchReport[]): TargetReport[] {
  const all = stretches.flatMap(({ targets }) => targets);
  return [...new Set(all.map(({ name }) => name))].flatMap((name) => {
    const own = all.filter((target) => target.name === name);
    const last = own.at(-1);
    if (last === undefined) return [];
    const orphans = new Map(
      own
        .flatMap((target) => target.orphans)
        .map((orphan) => [`${orphan.pid} ${orphan.name} ${orphan.reason}`, orphan]),
    );
    const notes = [...new Set(own.flatMap((target) => target.notes))];
    return [{ ...last, orphans: [...orphans.values()], notes }];
  });
}

function addSelf(one: SelfReport, other: SelfReport): SelfReport {
  const io = (name: 'readBytes' | 'writtenBytes'): Partial<SelfReport> => {
    const [first, second] = [one[name], other[name]];
    return first === undefined || second === undefined ? {} : { [name]: first + second };
  };
  return {
    cpuSeconds: addKnown(one.cpuSeconds, other.cpuSeconds),
    wakeups: addKnown(one.wakeups, other.wakeups),
    rssBytes:
      one.rssBytes === null || other.rssBytes === null ? null : Math.max(one.rssBytes, other.rssBytes),
    connectionsOpened: addKnown(one.connectionsOpened, other.connectionsOpened),
    ...io('readBytes'),
    ...io('writtenBytes'),
  };
}

/** A sum of which a part is not known is not known. */
function addKnown(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

/** Shares are weighed by time; not measured in one stretch is not measured. */
function joinNoise(stretches: readonly StretchReport[]): HostNoise | null {
  const noises = stretches.flatMap(({ noise, fromMs, toMs }) =>
    noise === null ? [] : [{ noise, ms: toMs - fromMs }],
  );
  if (noises.length < stretches.length) return null;
  const totalTime = sum(noises.map(({ ms }) => ms));
  const mean = (name: 'cpuBusyPercent' | 'cpuStolenPercent'): number =>
    totalTime === 0 ? 0 : sum(noises.map(({ noise, ms }) => noise[name] * ms)) / totalTime;
  return {
    cpuBusyPercent: mean('cpuBusyPercent'),
    cpuStolenPercent: mean('cpuStolenPercent'),
    tasksCreated: sum(noises.map(({ noise }) => noise.tasksCreated)),
  };
}

function worstStatus(found: readonly Availability['status'][]): Availability['status'] {
  return STATUSES.findLast((status) => found.includes(status)) ?? 'unavailable';
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
