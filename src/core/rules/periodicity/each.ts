import { upperMedian } from '../../periodicity/upper-median.ts';
import type { Occurrence } from '../occurrences.ts';
import { counted, spell, withCommas } from '../../wording/amounts.ts';

/** What each beat of a network period was: «, each connection 0.4 ms, 2 bytes sent»; empty where that is not known. */
export function eachOf(occurrences: readonly Occurrence[]): string {
  const lifetimes = occurrences.flatMap(({ head }) =>
    head.kind === 'network' && head.lifetimeSeconds !== null ? [head.lifetimeSeconds * 1000] : [],
  );
  const sent = typically(occurrences, 'bytesSent');
  const received = typically(occurrences, 'bytesReceived');
  const parts = [
    ...(lifetimes.length === 0 || lifetimes.length < occurrences.length
      ? []
      : [`each connection ${spell(Number(upperMedian(lifetimes).toPrecision(2)))}`]),
    ...(sent > 0 ? [`${counted(sent, 'byte')} sent`] : []),
    ...(received > 0 ? [`${withCommas(received)} received`] : []),
  ];
  if (parts.length === 0) return '';
  return `, ${parts[0]?.startsWith('each') === true ? '' : 'each time '}${parts.join(', ')}`;
}

/** Bytes of an occurrence: the median. */
function typically(occurrences: readonly Occurrence[], field: 'bytesSent' | 'bytesReceived'): number {
  const sums = occurrences.map(({ activities }) =>
    activities.reduce((sum, one) => sum + ((one.kind === 'network' ? one[field] : null) ?? 0), 0),
  );
  return sums.length === 0 ? 0 : upperMedian(sums);
}
