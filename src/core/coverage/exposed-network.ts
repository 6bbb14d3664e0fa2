import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { lifetimes, livedIn } from '../derive/lifetimes.ts';
import { once, spanKey } from '../derive/once.ts';
import { exposedProcesses } from './exposed-processes.ts';
import { type Exposure, judged, NOT_RUN, type Unattributed, unknown } from './exposure.ts';
import { byNamespace, countedIn } from './namespace-counts.ts';
import type { CounterMeaning } from './network-counters.ts';
import { ownNetworkOf, untoldInOwnNetwork } from './own-network.ts';
import { readingsOf } from './readings.ts';

const OUTWARDS: ReadonlySet<CounterMeaning['side']> = new Set(['opened', 'sent']);
const BOTH_WAYS: ReadonlySet<CounterMeaning['side']> = new Set(['opened', 'sent', 'accepted', 'received']);

const ELSEWHERE = 'each could have sent something from another network namespace';

/**
 * Whether sampled sockets missed nothing: the target did not run, or what its network namespace counted while it ran
 * is what was seen of the target.
 * @param inbound whether connections that others opened matter too
 */
export function exposedNetwork(
  evidence: Evidence,
  target: string,
  window: TimeSpan,
  inbound: boolean,
): Exposure {
  return once(evidence, exposedNetwork, `${inbound} ${spanKey(window)} ${target}`, () =>
    networkExposure(evidence, target, window, inbound),
  );
}

function networkExposure(evidence: Evidence, target: string, window: TimeSpan, inbound: boolean): Exposure {
  const lives = lifetimes(evidence, target).filter((life) => livedIn(life, window));
  if (lives.length === 0) return unknown(`${target} had no process`);
  const found: Unattributed[] = [];
  let ran = false;
  const question = { evidence, target, window, lives, sides: inbound ? BOTH_WAYS : OUTWARDS };
  const own = ownNetworkOf(evidence, target);
  const untold = own === null ? null : untoldInOwnNetwork(evidence, target, window);
  for (const [scope, members] of byNamespace(lives)) {
    if (scope === own && untold !== null) {
      ran = true;
      for (const one of untold) found.push(one);
      continue;
    }
    const counted = countedIn(question, scope, members);
    if (counted === null) continue;
    ran = true;
    if ('problem' in counted) return unknown(counted.problem);
    for (const one of counted.unseen) found.push(one);
  }
  if (!ran) return NOT_RUN;
  const isAllTold = untold !== null && lives.every((life) => life.process.networkScope === own);
  if (!isAllTold) for (const one of unseenOfSockets(evidence, target, window)) found.push(one);
  // Only root can make a further namespace within the one that was made for it.
  const isSealed = isAllTold && !evidence.run.host.privileged;
  const tasks = isSealed || found.length > 0 ? null : exposedProcesses(evidence, target, window);
  if (tasks?.tier === 'sampled') return { ...tasks, reason: `${tasks.reason}; ${ELSEWHERE}` };
  return judged(
    found,
    'its network namespace counted nothing that was not seen',
    'left this network namespace',
    target,
  );
}

/** What the socket collector itself knows that it did not see: last bytes of closed connections, sends it cannot read. */
function unseenOfSockets(evidence: Evidence, target: string, window: TimeSpan): Unattributed[] {
  const readings = readingsOf(evidence, `sockets:${target}`).filter((reading) => reading.atMs <= window.toMs);
  const before = readings.findLast((reading) => reading.atMs <= window.fromMs)?.values['closed'] ?? 0;
  const closed = (readings.at(-1)?.values['closed'] ?? 0) - before;
  const sendsUnseen = readings.some(
    (one) => one.atMs > window.fromMs && (one.values['sendsUnseen'] ?? 0) > 0,
  );
  return [
    ...(closed > 0 ? [{ what: 'connection closed between two looks', count: closed }] : []),
    ...(sendsUnseen ? [{ what: 'send on an open connection that cannot be counted', count: 1 }] : []),
  ];
}
