import type { NetworkActivity, RemoteEnd } from '../../model/activity.ts';

const VERBS: Record<NetworkActivity['op'], string> = {
  connect: 'connected to',
  // A connection, a datagram, or a send on what was open before.
  attempt: 'tried to reach',
  accept: 'accepted a connection from',
  send: 'sent to',
  receive: 'received from',
  listen: 'listened',
  keepalive: 'kept a connection alive with',
};

/** So many clients are named. */
const MAX_NAMED = 3;

/**
 * What was done over the network, in words: «connected to 203.0.113.7:443», «accepted a connection from 2 clients on port 8000:
 * 10.0.0.5, 10.0.0.6».
 * @param activities at least one; all of one subject, the first tells what was done
 */
export function networkDeed(
  activities: readonly [NetworkActivity, ...NetworkActivity[]],
  clean: (text: string) => string,
): string {
  const [{ op, protocol, remote, localPort, direction }] = activities;
  if (op === 'listen') return `listened on ${protocol} port ${localPort ?? 'unknown'}`;
  const over = protocol === 'tcp' ? '' : ` over ${protocol}`;
  const isToOwn = direction === 'inbound' && localPort !== null;
  if (isToOwn && new Set(activities.map((one) => endOf(one.remote, clean))).size > 1) {
    return `${VERBS[op]} ${clientsOn(`port ${localPort}${over}`, activities, clean)}`;
  }
  const toOwn = isToOwn ? ` on port ${localPort}` : '';
  return `${VERBS[op]} ${endOf(remote, clean)}${toOwn}${over}`;
}

function endOf(remote: RemoteEnd | null, clean: (text: string) => string): string {
  if (remote === null) return 'an unknown address';
  const address = remote.ip.includes(':') ? `[${remote.ip}]` : remote.ip;
  const place = remote.port === null ? `${address} (port not known)` : `${address}:${remote.port}`;
  return `${place}${behind(remote, clean)}`;
}

/** Clients by address and program: each of their connections has another port. */
function clientsOn(
  port: string,
  activities: readonly NetworkActivity[],
  clean: (text: string) => string,
): string {
  const clients = activities.map(({ remote }) =>
    remote === null ? 'an unknown address' : `${remote.ip}${behind(remote, clean)}`,
  );
  const [first, ...others] = new Set(clients);
  if (others.length === 0) return `${first} on ${port}`;
  const named = [first, ...others.slice(0, MAX_NAMED - 1)].join(', ');
  const rest = others.length + 1 - MAX_NAMED;
  return `${others.length + 1} clients on ${port}: ${named}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function behind({ process, target }: RemoteEnd, clean: (text: string) => string): string {
  const names = [process, target].flatMap((name) => (name === null ? [] : [clean(name)]));
  return names.length === 0 ? '' : ` (${[...new Set(names)].join(', ')})`;
}
