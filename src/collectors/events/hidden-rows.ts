import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Procfs } from '../../os/procfs.ts';
import { FilePlace, movedReason } from '../place.ts';
import type { ExclusiveLock } from './exclusive-lock.ts';
import type { FileState } from './file-state.ts';
import { findDatabaseHolders } from './held-database.ts';
import type { EventsReport } from './report.ts';

export interface HiddenRowsParts {
  procfs: Procfs;
  target: string;
  /** As the user named it. */
  file: string;
  lock: ExclusiveLock;
  report: EventsReport;
}

/** A database that was just read. */
export interface JustRead {
  look: Look;
  /** Its real path. */
  path: string;
  /** null: it was never read. */
  state: FileState | null;
  /** It is another file than at the look before. */
  isNew: boolean;
  /** Whether it came or went since this was last asked, as far as that is told. */
  takeMoved: () => boolean;
  /** Who holds it is asked now, too; it is at full looks, and where it is new. */
  isDoubtful: boolean;
}

/** Why rows of the target may be elsewhere than where they were looked for, although the database could be read. */
export class HiddenRows {
  readonly #parts: HiddenRowsParts;
  readonly #place: FilePlace = new FilePlace();

  constructor(parts: HiddenRowsParts) {
    this.#parts = parts;
  }

  /** One sentence each; none: they are not. */
  reasons(read: JustRead): string[] {
    const { look, path } = read;
    const reasons = [this.#wrongFile(read), this.#movedAway(read), this.#parts.lock.look(path, look.nowMs)];
    return reasons.filter((reason) => reason !== null);
  }

  /** The database could not be read: what is found next is not compared with what was there. */
  forget(): void {
    this.#place.forget();
  }

  /** The target writes into another file than those that we read. */
  #wrongFile({ look, path, state, isNew, isDoubtful }: JustRead): string | null {
    if (state === null || !(look.full || isNew || isDoubtful)) return null;
    const { procfs, target, report } = this.#parts;
    const { problem, note } = findDatabaseHolders(procfs, processesOf(look.processes, target), path, state);
    report.holderNote(note);
    return problem;
  }

  /** Another database may have been in its place for a while, whose rows nobody has seen. */
  #movedAway({ path, isNew, takeMoved }: JustRead): string | null {
    if (isNew) this.#place.forget();
    const touched = this.#place.touched(this.#parts.file);
    const wasMoved = takeMoved() && !isNew;
    return touched === null && !wasMoved ? null : movedReason(touched, path);
  }
}

/** The processes of one target. */
export function processesOf(processes: readonly WatchedProcess[], target: string): WatchedProcess[] {
  return processes.filter((process) => process.target === target);
}
