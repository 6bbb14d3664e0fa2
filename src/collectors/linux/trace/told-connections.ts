import { dropOldest } from '../../../core/derive/oldest.ts';
import type { NetworkActivity, RemoteEnd } from '../../../model/activity.ts';
import type { Flow } from './flow.ts';

/** What is still in a socket's buffer when a look comes shows in the tables at one of the next. */
const RECENT_LOOKS = 3;
/** As many connections are remembered, those that were told last. */
const MOST = 20_000;

const OPENING: ReadonlySet<NetworkActivity['op']> = new Set(['connect', 'accept']);

/** A connection that was opened, and the target that did it. */
type Opening = Pick<Flow, 'op' | 'protocol' | 'local' | 'remote'> & Pick<NetworkActivity, 'target'>;

/** Connections that were told already, so that nobody tells them again. */
export class ToldConnections {
  /** By target and ends, at which look it was told last. */
  readonly #looks: Map<string, number> = new Map();
  /** The same, of what the trace told: what the tables tell at two looks are two things. */
  readonly #traced: Map<string, number> = new Map();
  /** Of connections whose opening is held back: it will be told with all that happened on it meanwhile. */
  readonly #held: Set<string> = new Set();
  /** Of openings that were told without their own port, by target and remote end, at which looks; see `completes`. */
  readonly #portless: Map<string, number[]> = new Map();
  /** Of whom something was told. */
  readonly #targets: Set<string> = new Set();
  #look = 0;

  nextLook(): void {
    this.#look += 1;
    this.#held.clear();
    for (const [key, looks] of this.#portless) {
      const recent = looks.filter((look) => this.#look - look < RECENT_LOOKS);
      if (recent.length === 0) this.#portless.delete(key);
      else this.#portless.set(key, recent);
    }
  }

  /** Until the next look. */
  hold({ target, protocol, local, remote, op }: Opening): void {
    const key = keyOf({ target, protocol, localPort: local?.port ?? null, remote, op });
    if (key !== null) this.#held.add(key);
  }

  add(activity: NetworkActivity): void {
    this.#targets.add(activity.target);
    const key = keyOf(activity);
    if (key === null) return this.#addPortless(activity);
    for (const looks of activity.collector === 'trace' ? [this.#looks, this.#traced] : [this.#looks]) {
      looks.delete(key);
      looks.set(key, this.#look);
      dropOldest(looks, MOST);
    }
  }

  /**
   * That a connection was opened is known for as long as it is remembered; that something moved on it, or that somebody
   * listens, where the trace told it at one of the last looks.
   */
  isKnown(activity: NetworkActivity): boolean {
    const key = keyOf(activity);
    if (key === null) return false;
    if (this.#held.has(key)) return true;
    if (OPENING.has(activity.op)) return this.#looks.has(key);
    return this.#look - (this.#traced.get(key) ?? Number.NEGATIVE_INFINITY) < RECENT_LOOKS;
  }

  /** The number of this look. */
  get look(): number {
    return this.#look;
  }

  /** Whether a TCP connection between these ends was told of anybody at a look, or since. */
  wasTold({ local, remote }: Pick<Flow, 'local' | 'remote'>, sinceLook: number): boolean {
    const accepted = { protocol: 'tcp', localPort: local?.port ?? null, remote, op: 'accept' } as const;
    return [...this.#targets].some((target) => {
      const key = keyOf({ ...accepted, target });
      return key !== null && (this.#looks.get(key) ?? Number.NEGATIVE_INFINITY) >= sinceLook;
    });
  }

  /** Whether an opening that the tables show is one that was told without its own port; each of these is taken once. */
  completes(activity: NetworkActivity): boolean {
    const looks = activity.op === 'connect' ? this.#portless.get(portlessKeyOf(activity)) : undefined;
    return looks?.shift() !== undefined;
  }

  #addPortless(activity: NetworkActivity): void {
    const { op, protocol, remote, localPort } = activity;
    const isOpening = (op === 'connect' || op === 'attempt') && protocol === 'tcp';
    if (!isOpening || remote === null || localPort !== null || this.#portless.size >= MOST) return;
    const key = portlessKeyOf(activity);
    const looks = this.#portless.get(key) ?? [];
    this.#portless.set(key, looks);
    looks.push(this.#look);
  }
}

function portlessKeyOf({ target, protocol, remote }: NetworkActivity): string {
  return JSON.stringify([target, protocol, remote?.ip, remote?.port]);
}

/** null: it is neither a listening end nor a connection between two; or no process did it, so that no record can tell it. */
function keyOf({
  target,
  protocol,
  localPort,
  remote,
  op,
}: Pick<NetworkActivity, 'target' | 'protocol' | 'localPort' | 'op'> & {
  remote: Pick<RemoteEnd, 'ip' | 'port'> | null;
}): string | null {
  if (op === 'keepalive') return null;
  if (op === 'listen' && localPort !== null) return JSON.stringify([target, protocol, localPort]);
  // Datagrams to one remote are one thing, from whichever socket.
  if (remote !== null && protocol === 'udp')
    return JSON.stringify([target, protocol, remote.ip, remote.port]);
  if (remote === null || localPort === null) return null;
  return JSON.stringify([target, protocol, localPort, remote.ip, remote.port]);
}
