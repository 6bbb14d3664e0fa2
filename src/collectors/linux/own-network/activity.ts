import type { DestroyedSocket } from '../../../core/parse/ss-event.ts';
import type { NetworkActivity } from '../../../model/activity.ts';

/** What is known of something that happened in a network of a target's own. */
export interface Known extends Partial<Pick<NetworkActivity, 'op' | 'direction' | 'protocol' | 'localPort'>> {
  remote?: { ip: string; port: number | null } | null;
  /** The socket that it ended with. */
  socket?: DestroyedSocket;
}

/**
 * An activity of the target; what is not known stays so: its remote end, its bytes, its life.
 * @param processId the process that did it; null where it may have been several
 */
export function ownActivity(
  target: string,
  processId: number | null,
  atMs: number,
  { op = 'send', direction = 'outbound', protocol = 'tcp', socket, ...known }: Known,
): NetworkActivity {
  const remote = known.remote ?? socket?.remote ?? null;
  // Whoever took the call is in the target's own network, too.
  const isTaken = op !== 'attempt' && protocol === 'tcp';
  return {
    kind: 'network',
    op,
    atMs,
    target,
    collector: 'sockets',
    processId,
    thread: null,
    direction,
    protocol,
    remote:
      remote === null
        ? null
        : { ip: remote.ip, port: remote.port, process: null, target: isTaken ? target : null },
    localPort: known.localPort ?? socket?.localPort ?? null,
    bytesSent: socket?.sentBytes ?? null,
    bytesReceived: socket?.receivedBytes ?? null,
    lifetimeSeconds: null,
  };
}
