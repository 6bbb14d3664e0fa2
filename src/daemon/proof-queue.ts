import type { CompareOptions } from '../core/compare/compare.ts';
import type { CompareState } from '../core/compare/state.ts';
import type { SoakWindow } from '../core/windows/soak-exclusion.ts';
import type { WindowVerdict } from '../model/daemon-status.ts';
import type { Window } from '../model/evidence.ts';
import type { AlertPost } from './alert-post.ts';
import type { DaemonPlan } from './plan.ts';
import { proveWindow } from './prover.ts';

export interface ProofQueueHooks {
  /** @param soak for what windows exclude together; null: nothing */
  onVerdict: (verdict: WindowVerdict, soak: SoakWindow | null) => void;
  /** Windows of the baseline that a window is compared with; left out: there is none. */
  pinned?: (windowId: string) => CompareOptions['pinned'];
  /** null: it could be proved now. */
  onProblem: (windowId: string, problem: string | null) => void;
}

/** So long after its end rows and actions of a window still come in. */
const GRACE_MS = 4_000;
/** A writer that holds its database's lock is waited for, but not for ever. */
const LONGEST_GRACE_MS = 12_000;

/** Where the evidence of the windows still grows. */
export interface Evidence {
  /** Whether something of before now may still become visible. */
  readonly isPending: boolean;
  /** Notes that nobody knows the end of a window. */
  giveUp(window: Window): void;
  /** Writes what was seen so far. */
  commit(): void;
}

interface Waiting {
  window: Window;
  /** Not judged before. */
  dueMs: number;
  tries: number;
}

/** What cannot be judged now (a full disk, a locked outbox) is tried again. */
const RETRY_MS = 60_000;
const MOST_TRIES = 60;

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
    this.#waiting.set(keyOf(window.id, window.fromMs), { window, dueMs: window.toMs + GRACE_MS, tries: 0 });
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

  proveDue(nowMs: number, plan: DaemonPlan, evidence: Evidence): void {
    for (const { window, dueMs } of this.#waiting.values()) {
      if (nowMs < dueMs) continue;
      if (evidence.isPending) {
        if (nowMs < window.toMs + LONGEST_GRACE_MS) continue;
        evidence.giveUp(window);
      }
      evidence.commit();
      this.#proveOrKeep(window, plan, nowMs);
    }
  }

  /** Judges what is left as it is; what cannot be judged now goes on waiting. */
  flush(plan: DaemonPlan, nowMs: number): void {
    for (const window of this.windows) this.#proveOrKeep(window, plan, nowMs);
  }

  #proveOrKeep(window: Window, plan: DaemonPlan, nowMs: number): void {
    const key = keyOf(window.id, window.fromMs);
    const tries = (this.#waiting.get(key)?.tries ?? 0) + 1;
    this.#waiting.delete(key);
    if (this.#prove(window, plan, nowMs) || tries > MOST_TRIES) return;
    this.#waiting.set(key, { window, dueMs: nowMs + RETRY_MS, tries });
  }

  /** @returns whether it could be done */
  #prove(window: Window, plan: DaemonPlan, nowMs: number): boolean {
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
      return true;
    } catch (error) {
      onProblem(window.id, (error as Error).message);
      return false;
    }
  }
}

const keyOf = (id: string, fromMs: number): string => `${id} ${fromMs}`;
