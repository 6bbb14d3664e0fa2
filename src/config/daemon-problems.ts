import { parseLoopbackAddress } from '../core/parse/loopback-address.ts';
import type { Problem } from '../core/rules/problem.ts';
import { cronProblem } from './schedule-problems.ts';

/** What is wrong with what only the daemon uses, and a schema cannot tell. */
export function daemonProblems({
  metricsAddress,
  summaryCron,
}: {
  metricsAddress: string | null;
  summaryCron: string | null;
}): Problem[] {
  const found: [path: string[], message: string | null][] = [
    [['metrics', 'listen'], metricsAddress === null ? null : addressProblem(metricsAddress)],
    [['reports', 'cron'], summaryCron === null ? null : cronProblem(summaryCron)],
  ];
  return found.flatMap(([path, message]) => (message === null ? [] : [{ path, message }]));
}

function addressProblem(address: string): string | null {
  const parsed = parseLoopbackAddress(address);
  if (!('problem' in parsed)) return null;
  return `«${address.slice(0, 100)}» is no address for metrics: ${parsed.problem}`;
}
