import type { Evidence } from '../../model/evidence.ts';
import { NAMESPACE } from './processes.ts';
import { SETTLE_MS } from './times.ts';

/** Counters of a network namespace in which nothing happens. */
export const STILL: Readonly<Record<string, number>> = {
  tcpActiveOpens: 10,
  tcpPassiveOpens: 10,
  tcpOutSegs: 1000,
  ipOutRequests: 1005,
  udpOutDatagrams: 5,
  udp6OutDatagrams: 0,
  icmpOutMsgs: 0,
  icmp6OutMsgs: 0,
  ipOutNoRoutes: 0,
  ip6OutNoRoutes: 0,
};

/** Read at every look; where others make noise, one connection and one task more at each. */
export function countersOf(
  noise: boolean,
  openingMs: number,
  endMs: number,
  tickMs: number,
): Evidence['counters'] {
  const counters: Evidence['counters'] = [];
  let more = 0;
  // Where nothing moves, the first and the last reading say all.
  const stepMs = noise ? tickMs : endMs - openingMs + SETTLE_MS;
  for (let atMs = openingMs - SETTLE_MS; atMs <= endMs; atMs += stepMs) {
    const values = { ...STILL };
    for (const name of ['tcpActiveOpens', 'tcpOutSegs', 'ipOutRequests'])
      values[name] = (values[name] ?? 0) + more;
    counters.push(
      { atMs, scope: NAMESPACE, values },
      { atMs, scope: 'forks', values: { tasks: 500 + more } },
    );
    if (noise) more += 1;
  }
  return counters;
}
