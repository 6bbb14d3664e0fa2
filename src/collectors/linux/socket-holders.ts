import { sayProcess } from '../../core/wording/process.ts';
import type { Failure, Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { SharesFiles } from '../../os/kcmp.ts';
import { livingFolder } from '../../os/living-folder.ts';
import { networkScopeOf } from '../../os/network-scope.ts';
import type { SocketProtocolName } from '../../os/socket-protocol.ts';
import { Denials } from './denials.ts';
import { type HeldSockets, heldSockets } from './held-sockets.ts';
import { Holdings } from './holdings.ts';
import type { LookReader } from './look-reader.ts';
import { SocketKinds, UNTRACED } from './socket-kinds.ts';
import { ThreadsApart } from './threads-apart.ts';

/** The native ways into the kernel; each has a slower one without it. */
export interface HolderSources {
  protocolName: SocketProtocolName | null;
  sharesFiles: SharesFiles;
}

/** A process and the sockets that it holds. */
export interface Holder {
  process: WatchedProcess;
  held: HeldSockets;
  /** Its sockets were never read before although it was there at the first look. */
  isBaseline: boolean;
}

/** Which processes hold which sockets, look by look, and what of that cannot be looked into. */
export class SocketHolders {
  readonly #reader: LookReader;
  readonly #kinds: SocketKinds;
  readonly #apart: ThreadsApart;
  readonly #denials: Denials = new Denials('the open files');
  readonly #holdings: Holdings = new Holdings();
  /** Processes of the first look that were not read yet: what they hold is older than the run. */
  readonly #unread: Set<number> = new Set();
  #untraced: string | null = null;
  /** Inodes that some process does not hold any more since the look before. */
  #left: number[] = [];

  constructor(reader: LookReader, { protocolName, sharesFiles }: HolderSources) {
    this.#reader = reader;
    this.#apart = new ThreadsApart(reader, sharesFiles);
    this.#kinds = new SocketKinds(reader.procfs, protocolName);
  }

  /** Whether the open files of these processes may be read; told by `firstReason`. */
  probe(processes: readonly WatchedProcess[]): void {
    for (const process of processes) {
      const { procfs } = this.#reader;
      this.#denials.attempt(process, () => procfs.list(`${livingFolder(procfs, process.pid)}/fd`));
    }
    this.#denials.take();
  }

  /** To be called first at every look: what those held that have ended, nobody may hold any more. */
  begin({ previousMs, processes, ended }: Look): void {
    if (previousMs === null) for (const { id } of processes) this.#unread.add(id);
    this.#left = ended.flatMap(({ process }) => this.#holdings.replace(process.id, null));
    for (const { process } of ended) this.#apart.forget(process.id);
  }

  /** Of these processes those that can be looked into. */
  read(look: Look, processes: readonly WatchedProcess[]): Holder[] {
    return processes.flatMap((process) => this.#read(look, process) ?? []);
  }

  /** From now on, what is new to these processes is not older than the run. */
  wereRead(holders: readonly Holder[]): void {
    for (const { process } of holders) this.#unread.delete(process.id);
  }

  /** Without the native way, a socket in no table may be one that is not yet bound, or one of a kind without a table. */
  noteUnknown(holders: readonly Holder[], found: ReadonlySet<number>): void {
    for (const { process, held } of holders) {
      if ([...held.unknown].every((inode) => found.has(inode))) continue;
      this.#denials.add(process, unseenReason(process, 'a socket of unknown kind'), 'unknown');
    }
  }

  /** Inodes of sockets that are gone since the look before: no watched process holds them, workers those of their parent, any more. */
  released(): number[] {
    const gone = this.#left.filter((inode) => !this.#holdings.isHeld(inode));
    for (const inode of gone) this.#kinds.forget(inode);
    return gone;
  }

  /** What could not be looked into first; null: nothing. */
  get firstReason(): string | null {
    return this.#denials.firstReason;
  }

  /** What the kernel's trace cannot look into either; null: nothing. */
  get untraced(): string | null {
    return this.#untraced;
  }

  /** It made one, be it for a moment. */
  noteUntraced(process: WatchedProcess): void {
    const reason = `${sayProcess(process)} made a socket of kind ${UNTRACED}, whose traffic cannot be seen`;
    this.#denials.add(process, reason, UNTRACED);
    this.#untraced ??= reason;
  }

  /** What could not be looked into since the last call. */
  takeFailures(): { failures?: readonly Failure[] } {
    return this.#denials.take();
  }

  #read(look: Look, process: WatchedProcess): Holder | null {
    const known = look.moved.has(process.id) ? undefined : this.#holdings.of(process.id);
    const held =
      known ?? this.#denials.attempt(process, () => heldSockets(this.#reader, this.#kinds, look, process));
    if (held == null) return null;
    for (const what of held.unseen) this.#denials.add(process, unseenReason(process, what), what);
    if (held.untraced !== null) this.#untraced ??= unseenReason(process, held.untraced);
    this.#checkNamespace(process);
    const apart = this.#denials.attempt(process, () => this.#apart.find(look, process), 'the threads');
    if (apart != null) this.#denials.add(process, unseenReason(process, apart), apart);
    this.#left.push(...this.#holdings.replace(process.id, held));
    return { process, held, isBaseline: this.#unread.has(process.id) };
  }

  /** The counters of the namespace that it was found in say nothing of one that it went to later. */
  #checkNamespace(process: WatchedProcess): void {
    const scope = this.#denials.attempt(
      process,
      () => networkScopeOf(this.#reader.procfs, process.pid),
      'the network namespace',
    );
    if (scope === undefined || scope === null || scope === process.networkScope) return;
    if (process.networkScope === null) return;
    this.#denials.add(process, `${sayProcess(process)} went to another network namespace`, 'namespace');
  }
}

function unseenReason(process: WatchedProcess, what: string): string {
  return `${sayProcess(process)} holds ${what}, whose traffic cannot be seen`;
}
