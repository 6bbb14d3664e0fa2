import type { NetworkActivity } from '../../../model/activity.ts';
import type { Flow, KnownSocket } from './flow.ts';

/** Whose ends a socket has, as far as the socket tables can say. */
export interface Binding {
  ends: Pick<KnownSocket, 'remote' | 'direction' | 'hasReceived'> & { local: KnownSocket['local'] | null };
  /** The only socket that it can be; null: one of several that are alike, so that it may be another one the next time. */
  certain: KnownSocket | null;
  /** What the tables told of the same transfer. */
  same: NetworkActivity | null;
}

/**
 * Finds out whose ends a socket has that was there before the trace. null: they cannot be told.
 * @param candidates sockets of the same target and protocol whose ends nobody has yet
 * @param sampled what the tables have told and nobody else has
 */
export function bindingOf(
  flow: Flow,
  candidates: readonly KnownSocket[],
  sampled: readonly NetworkActivity[],
): Binding | null {
  const [only, ...others] = candidates;
  const byBytes = candidates.flatMap((candidate) => {
    const same = sampled.find((one) => isSame(one, flow, candidate));
    return same === undefined ? [] : [{ ends: candidate, certain: candidate, same }];
  });
  const [first, ...more] = byBytes;
  if (first !== undefined) return { ...first, certain: more.length === 0 ? first.certain : null };
  if (only === undefined) return null;
  if (others.length === 0) return { ends: only, certain: only, same: null };
  const isAlike = others.every(
    ({ remote, direction, hasReceived }) =>
      remote?.ip === only.remote?.ip &&
      remote?.port === only.remote?.port &&
      direction === only.direction &&
      hasReceived === only.hasReceived,
  );
  return isAlike ? { ends: { ...only, local: null }, certain: null, same: null } : null;
}

/** The tables tell what a connection sent between two looks as bytes; two with as many are alike. */
function isSame(sampled: NetworkActivity, { op, bytesSent }: Flow, { local, remote }: KnownSocket): boolean {
  return (
    op === 'send' &&
    sampled.op === 'send' &&
    sampled.bytesSent === bytesSent &&
    sampled.localPort === local.port &&
    sampled.remote?.ip === remote?.ip &&
    sampled.remote?.port === remote?.port
  );
}
