import { MemoryKeeper } from '../os/memory.ts';
import type { AlertPost } from './alert-post.ts';
import type { Commands } from './commands.ts';
import type { DaemonPlan } from './plan.ts';
import type { ProofQueue } from './proofs/proof-queue.ts';
import { evidenceInUse, unprovenWindows } from './unproven.ts';
import type { MeasurementSchedule } from './scheduled/schedule.ts';
import type { Upkeep } from './upkeep.ts';
import type { WatchRun } from './watch/watch-run.ts';

export interface ChoresParts {
  proofs: ProofQueue;
  post: AlertPost;
  upkeep: Upkeep;
  commands: Commands;
  schedule: Pick<MeasurementSchedule, 'keep' | 'repeat'>;
}

const SENT =
  'alerts were sent while the window was open: their traffic is in what was counted for the whole host';

/** Judging a window leaves more behind than this. */
const SLACK_BYTES = 1_000_000;

/** What is done beside the looks. Where nothing is due, a look costs one comparison: its memory is cold. */
export class Chores {
  readonly #parts: ChoresParts;
  readonly #memory: MemoryKeeper = new MemoryKeeper(SLACK_BYTES);
  #dueAtMs = 0;
  #isEdge = false;

  constructor(parts: ChoresParts) {
    this.#parts = parts;
  }

  /** Something is to be done, at the next look at the latest. @param isEdge a window has just ended */
  wake(isEdge: boolean): void {
    this.#dueAtMs = 0;
    this.#isEdge ||= isEdge;
  }

  /** To be called after each look. */
  keep(nowMs: number, plan: DaemonPlan, run: WatchRun): void {
    if (nowMs < this.#dueAtMs) return;
    const { proofs, post, upkeep, commands, schedule } = this.#parts;
    proofs.proveDue(nowMs, plan, run.evidence);
    const isOpen = run.isAnyOpen;
    post.deliverDue(nowMs, isOpen);
    if (isOpen && post.isSending) run.note(SENT);
    commands.keep(nowMs);
    schedule.keep(run);
    // Where windows follow each other, there is no better time than between two of them.
    const isDisturbing = isOpen && !this.#isEdge;
    this.#isEdge = false;
    upkeep.keep(nowMs, plan, {
      isDisturbing,
      commit: () => run.evidence.commit(),
      onRotated: () => schedule.repeat(),
      inUse: () => evidenceInUse(unprovenWindows(proofs, run), plan.lookBackMs, nowMs),
    });
    this.#memory.giveBack();
    this.#dueAtMs = Math.min(proofs.dueAtMs, post.dueAtMs(isOpen), commands.dueAtMs, upkeep.dueAtMs(isOpen));
  }
}
