import type { SocketsCollector } from '../sockets.ts';
import type { Flow, KnownSocket } from './flow.ts';
import type { Flows } from './flows.ts';

/**
 * The port of a connection is chosen after the record of its opening, and what tells it may be written while nobody runs: then
 * the tables tell it, and whether the peer has answered. Of several to one remote, whichever.
 */
export function bindOpenings(
  flows: Flows,
  sockets: Pick<SocketsCollector, 'connections'>,
  targetOf: (flow: Flow) => string | null,
): void {
  const openings = flows.openings.flatMap((flow) => {
    const target = flow.op === 'connect' ? targetOf(flow) : null;
    return target === null ? [] : [{ flow, target }];
  });
  if (openings.length === 0) return;
  const shown = new Map<string, KnownSocket[]>();
  for (const target of new Set(openings.map((opening) => opening.target))) {
    const all = sockets.connections(target);
    for (const one of all) push(shown, keyOf(target, one, one.local.port), one);
    for (const one of flows.fresh(all)) push(shown, keyOf(target, one, null), one);
  }
  for (const { flow, target } of openings) {
    const known = shown.get(keyOf(target, flow, flow.local?.port ?? null))?.shift();
    if (known !== undefined) flows.bind(flow, known);
  }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function keyOf(
  target: string,
  { protocol, remote }: Pick<KnownSocket, 'protocol' | 'remote'>,
  localPort: number | null,
): string {
  return JSON.stringify([target, protocol, localPort, remote?.ip, remote?.port]);
}
