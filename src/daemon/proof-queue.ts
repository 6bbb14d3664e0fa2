import type { CompareOptions } from '../core/compare/compare.ts';
import type { CompareState } from '../core/compare/state.ts';
import type { SoakWindow } from '../core/windows/soak-exclusion.ts';
import type { WindowVerdict } from '../model/daemon-status.ts';
import type { Window } from '../model/evidence.ts';
import type { AlertPost } from './alert-post.ts';
import { IdleproofError } from '../errors.ts';
import { rulesDigestOf } from '../session/prove.ts';
import type { DaemonPlan } from './plan.ts';
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
}

/** What the disk does not take waits in memory, and what is judged by it, too. */
const UNWRITTEN_MS = 5_000;

/** What cannot be judged now (a full disk, a locked outbox) is tried again. */
const RETRY_MS = 60_000;
const MOST_TRIES = 60;
/** What no other try makes better: retention has taken the evidence of it. */
const FINAL: ReadonlySet<string> = new Set(['EVIDENCE_DROPPED']);

/** Windows that are over and wait for what comes late, before they are judged. */
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
    const waiting = { window, dueMs, tries: 0, isSaid: false, lostBefore: this.#hooks.lost() };
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

  /** Those that are not judged yet. */
  get windows(): Window[] {
    return [...this.#waiting.values()].map(({ window }) => window);
  }

  proveDue(nowMs: number, plan: DaemonPlan, evidence: GrowingEvidence): void {
    for (const waiting of this.#waiting.values()) {
      const { window, dueMs } = waiting;
      if (nowMs < dueMs) continue;
      if (evidence.isPending) {
        if (nowMs < window.toMs + LONGEST_GRACE_MS) continue;
        evidence.giveUp(window);
      }
      if (this.#settle(waiting, plan, evidence)) this.#proveOrKeep(waiting, plan, nowMs);
      else waiting.dueMs = nowMs + UNWRITTEN_MS;
    }
  }

  /**
   * Judges what is left as it is; what cannot be judged now goes on waiting.
   * @param evidence to which nothing comes any more; null: of a watch that is over, and said already what it had to say of its windows
   */
  flush(plan: DaemonPlan, nowMs: number, evidence: GrowingEvidence | null): void {
    // Those that go on waiting are put back.
    const all = [...this.#waiting.values()];
    for (const waiting of all)
      if (evidence === null || this.#settle(waiting, plan, evidence)) this.#proveOrKeep(waiting, plan, nowMs);
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
    const failed = this.#prove(window, plan, nowMs);
    if (failed === null) return;
    if (failed.isFinal || tries >= MOST_TRIES)
      this.#hooks.onGivenUp(window, failed.problem, plan.reports.dir);
    else this.#waiting.set(key, { ...waiting, dueMs: nowMs + RETRY_MS, tries: tries + 1 });
  }

  /** @returns why it could not be done, and whether it never can be; null: it is done */
  #prove(window: Window, plan: DaemonPlan, nowMs: number): { problem: string; isFinal: boolean } | null {
    const { onVerdict, onProblem, pinned } = this.#hooks;
    const memo = `compare ${window.id}`;
    try {
      const known = this.#post.recall(memo);
      const remembered = known === null ? null : (JSON.parse(known) as CompareState);
      const { verdict, soak, alerts, state, problem } = proveWindow(
        this.#storePath,
        window,
        plan,
        remembered,
        pinned?.(window.id),
      );
      this.#post.take(alerts, nowMs, { [memo]: JSON.stringify(state) });
      onProblem(window.id, problem);
      onVerdict(verdict, soak);
      return null;
    } catch (error) {
      const { message: problem } = error as Error;
      onProblem(window.id, problem);
      return { problem, isFinal: error instanceof IdleproofError && FINAL.has(error.code) };
    }
  }
}

const keyOf = (id: string, fromMs: number): string => `${id} ${fromMs}`;
