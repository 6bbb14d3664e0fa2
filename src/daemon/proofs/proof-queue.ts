import type { CompareOptions } from '../../core/compare/compare.ts';
import type { CompareState } from '../../core/compare/state.ts';
import type { SoakWindow } from '../../core/windows/soak-exclusion.ts';
import type { WindowVerdict } from '../../model/daemon-status.ts';
import type { Window } from '../../model/evidence.ts';
import type { AlertPost } from '../alert-post.ts';
import { IdleproofError } from '../../errors.ts';
import { rulesDigestOf } from '../../session/prove.ts';
import type { DaemonPlan } from '../plan.ts';
import { proveWindow } from './prover.ts';

export interface ProofQueueHooks {
  /** @param soak for what windows exclude together; null: nothing */
  onVerdict: (verdict: WindowVerdict, soak: SoakWindow | null) => void;
  /** Windows of the baseline that a window is compared with; left out: there is none. */
  pinned?: (windowId: string) => CompareOptions['pinned'];
  /** Rows of evidence that were given up so far. */
  lost: () => number;
  /** null: it could be proved now. */
  onProblem: (windowId: string, problem: string | null) => void;
  /** It is not tried again. @param dir where its proof would be */
  onGivenUp: (window: Window, problem: string, dir: string) => void;
}

/** So long after its end rows and actions of a window still come in. */
const GRACE_MS = 4_000;
/** A writer that holds its database's lock is waited for, but not for ever. */
const LONGEST_GRACE_MS = 12_000;

/** Where the evidence of the windows still grows. */
export interface GrowingEvidence {
  /** Whether something of before now may still become visible. */
  readonly isPending: boolean;
  /** Notes that nobody knows the end of a window. */
  giveUp(window: Window): void;
  /** Notes that some of what was seen of a window is lost. */
  spoil(window: Window): void;
  /** Notes that nothing of a window is waited for any more. */
  waitedFor(window: Window, rulesDigest: string): void;
  /** Writes what was seen so far. @returns whether all of it is in the store */
  commit(): boolean;
}

interface Waiting {
  window: Window;
  /** Not judged before. */
  dueMs: number;
  tries: number;
  /** It is written down that nothing of it is waited for any more. */
  isSaid: boolean;
  /** Rows that were lost before it ended: what is lost later may be of it. */
  lostBefore: number;
  /** By what it was judged and told, when its proof could not be written; null: it is not judged yet. */
  judgedBy: DaemonPlan | null;
}

/** What the disk does not take waits in memory, and what is judged by it, too. */
const UNWRITTEN_MS = 5_000;

/** What cannot be judged now (a full disk, a locked outbox) is tried again. */
const RETRY_MS = 60_000;
const MOST_TRIES = 60;
/** What no other try makes better: retention has taken the evidence of it. */
const FINAL: ReadonlySet<string> = new Set(['EVIDENCE_DROPPED']);

/** Windows that are over: they wait for what comes late, before they are judged, and until their proof is written. */
export class ProofQueue {
  readonly #storePath: string;
  readonly #post: AlertPost;
  readonly #hooks: ProofQueueHooks;
  readonly #waiting: Map<string, Waiting> = new Map();

  constructor(storePath: string, post: AlertPost, hooks: ProofQueueHooks) {
    this.#storePath = storePath;
    this.#post = post;
    this.#hooks = hooks;
  }

  /** A window that ended, or of which another thing is known than when it was judged: it is judged again. */
  add(window: Window): void {
    const dueMs = window.toMs + GRACE_MS;
    const waiting = {
      window,
      dueMs,
      tries: 0,
      isSaid: false,
      lostBefore: this.#hooks.lost(),
      judgedBy: null,
    };
    this.#waiting.set(keyOf(window.id, window.fromMs), waiting);
  }

  /** Nothing is to be proved before; Infinity: nothing waits. */
  get dueAtMs(): number {
    let dueMs = Infinity;
    for (const waiting of this.#waiting.values()) dueMs = Math.min(dueMs, waiting.dueMs);
    return dueMs;
  }

  remove(id: string, fromMs: number): void {
    this.#waiting.delete(keyOf(id, fromMs));
  }

  /** Those without a proof. */
  get windows(): Window[] {
    return [...this.#waiting.values()].map(({ window }) => window);
  }

  proveDue(nowMs: number, plan: DaemonPlan, evidence: GrowingEvidence): void {
    for (const waiting of this.#waiting.values()) {
      const { window, dueMs } = waiting;
      if (nowMs < dueMs) continue;
      if (waiting.judgedBy !== null) {
        this.#proveOrKeep(waiting, plan, nowMs);
        continue;
      }
      if (evidence.isPending) {
        if (nowMs < window.toMs + LONGEST_GRACE_MS) continue;
        evidence.giveUp(window);
      }
      if (this.#settle(waiting, plan, evidence)) this.#proveOrKeep(waiting, plan, nowMs);
      else waiting.dueMs = nowMs + UNWRITTEN_MS;
    }
  }

  /**
   * Judges what is left as it is; what cannot be judged now, or its proof not be written, goes on waiting.
   * @param evidence to which nothing comes any more; null: of a watch that is over, and said already what it had to say of its windows
   */
  flush(plan: DaemonPlan, nowMs: number, evidence: GrowingEvidence | null): void {
    // Those that go on waiting are put back.
    const all = [...this.#waiting.values()];
    for (const waiting of all)
      if (evidence === null || waiting.judgedBy !== null || this.#settle(waiting, plan, evidence))
        this.#proveOrKeep(waiting, plan, nowMs);
  }

  /**
   * Everything of a window is written down, and that it is: where the watchdog is killed now, the next one judges it as it would have been.
   * @returns whether the disk took it
   */
  #settle(waiting: Waiting, { packs }: DaemonPlan, evidence: GrowingEvidence): boolean {
    const lost = this.#hooks.lost();
    if (lost > waiting.lostBefore) evidence.spoil(waiting.window);
    waiting.lostBefore = lost;
    if (!waiting.isSaid) evidence.waitedFor(waiting.window, rulesDigestOf(packs));
    waiting.isSaid = true;
    // Where the disk has not taken it for so long that it was given up, nothing waits any more, and nothing was written.
    return evidence.commit() && this.#hooks.lost() === lost;
  }

  #proveOrKeep(waiting: Waiting, plan: DaemonPlan, nowMs: number): void {
    const { window, tries } = waiting;
    const key = keyOf(window.id, window.fromMs);
    this.#waiting.delete(key);
    const failed = this.#prove(waiting, plan, nowMs);
    if (failed === null) {
      this.#putOffUnwritten(nowMs);
      return;
    }
    const { judgedBy, problem } = failed;
    if (failed.isFinal || (judgedBy === null && tries >= MOST_TRIES)) {
      this.#hooks.onGivenUp(window, problem, plan.reports.dir);
      return;
    }
    const dueMs = nowMs + RETRY_MS;
    if (judgedBy !== null) this.#putOffUnwritten(dueMs);
    this.#waiting.set(key, { ...waiting, dueMs, tries: tries + 1, judgedBy });
  }

  /** One proof shows whether the folder takes the others, too. */
  #putOffUnwritten(dueMs: number): void {
    for (const waiting of this.#waiting.values()) if (waiting.judgedBy !== null) waiting.dueMs = dueMs;
  }

  /**
   * A window that was judged is judged by the same rules again, and told of no second time: only its proof is missing.
   * @returns why it could not be done; null: it is done
   */
  #prove({ window, judgedBy }: Waiting, plan: DaemonPlan, nowMs: number): Failed | null {
    const { onVerdict, onProblem, pinned } = this.#hooks;
    const memo = `compare ${window.id}`;
    try {
      const known = this.#post.recall(memo);
      const remembered = known === null ? null : (JSON.parse(known) as CompareState);
      const { reports, signer } = plan;
      const { verdict, soak, alerts, state, problem } = proveWindow(
        this.#storePath,
        window,
        { ...(judgedBy ?? plan), reports, signer },
        remembered,
        pinned?.(window.id),
      );
      const isWritten = verdict.folder !== null;
      if (isWritten || judgedBy === null) {
        this.#post.take(alerts, nowMs, { [memo]: JSON.stringify(state) });
        onVerdict(verdict, soak);
      }
      this.#tell(window, problem);
      return isWritten
        ? null
        : {
            problem: problem ?? 'its proof could not be written',
            isFinal: false,
            judgedBy: judgedBy ?? plan,
          };
    } catch (error) {
      const { message: problem } = error as Error;
      onProblem(window.id, problem);
      return { problem, isFinal: error instanceof IdleproofError && FINAL.has(error.code), judgedBy };
    }
  }

  /** The problem of a window is over when the last of its id has a proof. */
  #tell({ id }: Window, problem: string | null): void {
    const isOver = ![...this.#waiting.values()].some(({ window, tries }) => window.id === id && tries > 0);
    if (problem !== null || isOver) this.#hooks.onProblem(id, problem);
  }
}

interface Failed {
  problem: string;
  /** No other try can do it. */
  isFinal: boolean;
  judgedBy: DaemonPlan | null;
}

const keyOf = (id: string, fromMs: number): string => `${id} ${fromMs}`;
