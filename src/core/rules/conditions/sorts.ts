import type { Activity, ActivityKind } from '../../../model/activity.ts';
import { FIELDS } from '../fields.ts';

const UNTOLD = { remote: null, localPort: null, bytesSent: null, bytesReceived: null, lifetimeSeconds: null };
const NOBODY = { atMs: 0, target: '', collector: '', processId: null, thread: null };

/** Whoever connects opens the connection, whoever accepts does not; only protocols with connections accept any. */
const DIRECTION_OF: Readonly<Record<string, string>> = {
  connect: 'outbound',
  attempt: 'outbound',
  accept: 'inbound',
};
const PROTOCOLS_OF: Readonly<Record<string, readonly string[]>> = {
  accept: ['tcp', 'sctp', 'vsock'],
  keepalive: ['tcp'],
};

const PROCESS = { ...NOBODY, kind: 'process', exe: null, parentName: null, exitCode: null } as const;

/** One of each sort of activity that there is, with nothing else known of it; of kinds that have no sorts: left out. */
export const SORTS: Partial<Record<ActivityKind, readonly Activity[]>> = {
  network: choicesOf('network', 'op').flatMap((op) =>
    choicesOf('network', 'direction')
      .filter((direction) => direction === (DIRECTION_OF[op] ?? direction))
      .flatMap((direction) =>
        choicesOf('network', 'protocol')
          .filter((protocol) => PROTOCOLS_OF[op]?.includes(protocol) ?? true)
          .map(
            (protocol) => ({ ...NOBODY, ...UNTOLD, kind: 'network', op, direction, protocol }) as Activity,
          ),
      ),
  ),
  process: [
    ...choicesOf('process', 'op').map((op) => ({ ...PROCESS, op }) as Activity),
    { ...PROCESS, op: 'spawn', replaced: null },
  ],
  file: choicesOf('file', 'op').map((op) => ({ ...NOBODY, kind: 'file', op, path: '' }) as Activity),
};

function choicesOf(kind: ActivityKind, name: string): readonly string[] {
  return FIELDS[kind].get(name)?.choices ?? [];
}
