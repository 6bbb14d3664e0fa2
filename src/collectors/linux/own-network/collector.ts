import { parseNetTable } from '../../../core/parse/net-table.ts';
import type { SocketRecord } from '../../../core/parse/socket-record.ts';
import { parseSsEvent } from '../../../core/parse/ss-event.ts';
import type { NetworkActivity } from '../../../model/activity.ts';
import type { Availability, Collector, Failure, Look, Observations } from '../../../model/collector.ts';
import type { WatchedProcess } from '../../../model/process.ts';
import type { CounterReading } from '../../../model/sample.ts';
import type { OwnNetwork } from '../../../os/own-network.ts';
import { isQuiet } from '../selection.ts';
import { OwnNetworkBook, type OwnLook } from './book.ts';
import { readOwnCounts } from './counts.ts';

/** One target with the network that was made for it. */
interface Place {
  target: string;
  network: OwnNetwork;
  /** null: it has to begin anew. */
  book: OwnNetworkBook | null;
  hasNews: boolean;
  /** Processes that ran, started or ended since the look before the last. */
  stirred: Set<number>;
}

type Sockets = Collector & Required<Pick<Collector, 'report'>>;

/**
 * The sockets collector for targets that have a network namespace of their own: whatever is counted in there is theirs, so that
 * what is sampled is completed by what was counted, and by the sockets that the kernel tells of when it destroys them.
 * While the kernel's trace records everything, that tells it better.
 */
export class OwnNetworkSockets implements Collector {
  readonly name = 'sockets';
  readonly #sockets: Sockets;
  readonly #places: readonly Place[];
  readonly #trace: { readonly isRecording: boolean };
  /** Why the network could not be read at some look. */
  #broken: string | null = null;

  constructor(
    sockets: Sockets,
    networks: ReadonlyMap<string, OwnNetwork>,
    trace: { readonly isRecording: boolean },
  ) {
    this.#sockets = sockets;
    this.#trace = trace;
    this.#places = [...networks].map(([target, network]) => ({
      target,
      network,
      book: null,
      hasNews: false,
      stirred: new Set(),
    }));
  }

  probe(processes: readonly WatchedProcess[]): Availability {
    return this.#availability(this.#sockets.probe(processes));
  }

  sample(look: Look): Observations {
    if (this.#trace.isRecording) return this.#sockets.sample(look);
    const failures: Failure[] = [];
    const counters: CounterReading[] = [];
    // Before the tables are read for the first time: what comes after is found in them.
    for (const place of this.#places) {
      if (place.book === null) this.#attempt(place, failures, () => counters.push(begin(place, look)));
    }
    const sampled = this.#sockets.sample(look);
    const scopes = scopesOf(look);
    let activities = sampled.activities ?? [];
    for (const place of this.#places) {
      const isIdle = isQuiet(look) && look.ended.length === 0;
      const { book } = place;
      if (book === null || (isIdle && !place.hasNews && !book.isPending)) continue;
      const isTheirs = (one: (typeof activities)[number]): boolean =>
        one.target === place.target && isInside(scopes, place, one);
      this.#attempt(place, failures, () => {
        const told = book.look(this.#read(place, look, activities.filter(isTheirs) as NetworkActivity[]));
        activities = [...activities.filter((one) => !isTheirs(one)), ...told.activities];
        if (told.reading !== null) counters.push(told.reading);
      });
    }
    return {
      ...sampled,
      activities,
      counters: [...(sampled.counters ?? []), ...counters],
      failures: [...(sampled.failures ?? []), ...failures],
    };
  }

  /** What was counted and not told yet is told at the next look. */
  dueAtMs(): number {
    const isDue = this.#places.some(({ book, hasNews }) => hasNews || book?.isPending === true);
    return isDue ? 0 : (this.#sockets.dueAtMs?.() ?? Number.POSITIVE_INFINITY);
  }

  onNews(wake: () => void): void {
    this.#sockets.onNews?.(wake);
    for (const place of this.#places) {
      place.network.onLine(() => {
        place.hasNews = true;
        wake();
      });
    }
  }

  report(): Availability & { lost: number } {
    const { lost, ...availability } = this.#sockets.report();
    return { ...this.#availability(availability), lost };
  }

  stop(): Availability & { lost: number } {
    this.#sockets.stop();
    return this.report();
  }

  #read(place: Place, look: Look, seen: readonly NetworkActivity[]): OwnLook {
    const { network, target } = place;
    place.hasNews = false;
    const member = look.processes.find((process) => process.networkScope === network.namespace.scope);
    if (member !== undefined) network.listen(member.pid);
    const destroyed = network.take().flatMap(({ atMs, line }) => {
      const socket = parseSsEvent(line);
      return socket === null ? [] : [{ atMs, socket }];
    });
    const stirredNow = stirredAt(look, target);
    const stirred = new Set([...place.stirred, ...stirredNow]);
    place.stirred = stirredNow;
    const [only] = stirred;
    const processId = stirred.size === 1 && only !== undefined ? only : null;
    // The counters last: what the tables and the sockets told of is in them.
    const records = recordsIn(network);
    return { atMs: look.nowMs, counts: countsIn(network), records, destroyed, seen, processId };
  }

  #attempt(place: Place, failures: Failure[], act: () => void): void {
    try {
      act();
    } catch (error) {
      const reason = (error as Error).message;
      place.book = null;
      // What the book still owed from before is lost with it: no single gap says how far back.
      this.#broken ??= reason;
      failures.push({ target: place.target, reason });
    }
  }

  #availability(availability: Availability): Availability {
    if (this.#trace.isRecording || availability.status !== 'ok') return availability;
    if (this.#broken !== null) return { status: 'partial', tier: 'sampled', reason: this.#broken };
    const problem = this.#places.map(({ network }) => network.problem).find((one) => one !== null);
    const reason =
      problem == null ? null : `connections that lived between two looks may lack their address: ${problem}`;
    return { ...availability, reason };
  }
}

function begin(place: Place, look: Look): CounterReading {
  const { network, target } = place;
  network.take();
  const [records, counts] = [recordsIn(network), countsIn(network)];
  const first = { atMs: look.nowMs, counts, records, destroyed: [], seen: [], processId: null };
  place.book = new OwnNetworkBook(target, first);
  return place.book.begin();
}

function recordsIn({ namespace }: OwnNetwork): SocketRecord[] {
  return (['tcp', 'udp'] as const).flatMap((protocol) => [
    ...parseNetTable(namespace.read(protocol), protocol),
    ...parseNetTable(namespace.read(`${protocol}6`), protocol),
  ]);
}

function countsIn({ namespace }: OwnNetwork): ReturnType<typeof readOwnCounts> {
  return readOwnCounts((file) => namespace.read(file));
}

/** What a process of the target does that has left its network is not counted in there. */
function isInside(
  scopes: ReadonlyMap<number, string | null>,
  { network }: Place,
  { kind, processId }: { kind: string; processId: number | null },
): boolean {
  if (kind !== 'network') return false;
  const scope = processId === null ? undefined : scopes.get(processId);
  return scope === undefined || scope === network.namespace.scope;
}

/** The network namespace of each process that is there, or was at the look before. */
function scopesOf({ processes, ended }: Look): Map<number, string | null> {
  const all = [...processes, ...ended.map(({ process }) => process)];
  return new Map(all.map(({ id, networkScope }) => [id, networkScope]));
}

function stirredAt(look: Look, target: string): Set<number> {
  const started = look.started.filter((process) => process.target === target);
  const ended = look.ended.filter(({ process }) => process.target === target);
  const moved = look.processes.filter((process) => process.target === target && look.moved.has(process.id));
  return new Set([...started, ...ended.map(({ process }) => process), ...moved].map(({ id }) => id));
}
