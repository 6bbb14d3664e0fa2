import type { WindowAction } from '../../core/windows/action.ts';
import { WindowEngine } from '../../core/windows/engine.ts';
import type { LookFacts } from '../../core/windows/facts.ts';
import type { Holding } from '../../core/windows/holding.ts';
import type { WindowState } from '../../core/windows/machine.ts';
import type { Activity } from '../../model/activity.ts';
import type { Canary } from '../../session/canary.ts';
import type { Recorder } from '../../session/recorder.ts';
import { Calming } from './calming.ts';
import type { Edges } from './edges.ts';
import type { DaemonPlan } from '../plan.ts';
import type { UserActions } from './user-actions.ts';
import { WindowKeeper, type WindowKeeperParts } from './window-keeper.ts';
import { WindowNews } from './window-news.ts';

export interface WindowFollowerParts extends Pick<WindowKeeperParts, 'onWindow' | 'onVoid'> {
  plan: Pick<DaemonPlan, 'windows' | 'tickMs'>;
  recorder: Pick<Recorder, 'cpuNs' | 'document' | 'finish'>;
  canary: Canary | null;
  edges: Pick<Edges, 'cut'>;
  users: UserActions;
  nowMs: () => number;
  /** Looks at everything, unless the look at that time did. */
  lookFully: (nowMs: number) => void;
}

/** Hands the facts of each look to the windows' engine, and does what it says. */
export class WindowFollower {
  readonly #parts: WindowFollowerParts;
  readonly #engine: WindowEngine;
  readonly #keeper: WindowKeeper;
  readonly #news: WindowNews;
  readonly #calming: Calming = new Calming();
  /** Until then there is nothing to do after a look that brought no facts. */
  #dueAtMs = 0;
  /** The look at which windows opened or closed, until the next one. */
  #edgeMs: number | null = null;

  /** @param startedMs the first look of the watch */
  constructor(parts: WindowFollowerParts, startedMs: number) {
    const { plan, recorder, canary, users, nowMs, onWindow, onVoid } = parts;
    this.#parts = parts;
    this.#engine = new WindowEngine(plan, startedMs);
    this.#keeper = new WindowKeeper({ ...plan, recorder, canary, onWindow, onVoid });
    this.#news = new WindowNews(plan.windows, users, nowMs);
  }

  /** A look from then on may be an edge, where everything is read. */
  get edgeDueAtMs(): number {
    return this.#engine.dueAtMs;
  }

  get states(): WindowState[] {
    return this.#engine.states;
  }

  /** Whether a window is open that was so before the last look. */
  get isAnyLasting(): boolean {
    return this.states.some(({ phase, sinceMs }) => phase === 'open' && sinceMs !== this.#edgeMs);
  }

  /** What the watch that follows has to be told. */
  get holding(): Holding {
    return this.#engine.holding;
  }

  /** What becomes known between two looks; the next one asks for it. */
  tell(told: Parameters<WindowNews['tell']>[0]): void {
    this.#news.tell(told);
  }

  /** What was seen at a look: windows that were judged may have to be judged again. */
  seen(activities: readonly Activity[]): void {
    this.#keeper.seen(activities);
  }

  /** What follows from a look. A quiet one touches as little as can be: its memory is cold. */
  look(nowMs: number, previousMs: number): void {
    this.#edgeMs = null;
    const isGap = nowMs - previousMs > 2 * this.#parts.plan.tickMs;
    if (isGap || nowMs >= this.#dueAtMs || this.#news.isAny) this.#follow(nowMs, previousMs, isGap);
  }

  /** Ends all windows; nothing is planted or told any more. @returns what is to be carried out when all of it was seen */
  close(closedMs: number, closedBy: 'reload' | 'shutdown'): WindowAction[] {
    const actions = this.#engine.close(closedMs, closedBy);
    this.stop();
    return actions;
  }

  /** Carries out what `close` gave, and what users did before it that was seen only until `lastMs`. */
  finish(actions: readonly WindowAction[], closedMs: number, lastMs: number): void {
    this.#keeper.carryOut(actions, closedMs);
    this.#keeper.carryOut(this.#engine.late(this.#news.take().userActions), lastMs);
  }

  /** Nothing is planted or told any more. */
  stop(): void {
    this.#news.stop();
    this.#parts.canary?.end();
  }

  #follow(nowMs: number, previousMs: number, isGap: boolean): void {
    const { canary, recorder } = this.#parts;
    const engine = this.#engine;
    canary?.plant(nowMs);
    const isNews = this.#news.isAny;
    const calm = this.#calming.look(engine.awaitsCalm, nowMs, recorder.cpuNs);
    if (isNews || calm.length > 0 || isGap || nowMs >= engine.dueAtMs) {
      this.#carryOut({ nowMs, previousMs, calm, ...this.#news.take() });
    }
    // What calms down is looked at each time.
    const isAwaited = engine.awaitsCalm.length > 0;
    this.#dueAtMs = isAwaited ? 0 : Math.min(engine.dueAtMs, canary?.dueAtMs ?? Infinity);
  }

  #carryOut(facts: LookFacts): void {
    const { edges, recorder, lookFully } = this.#parts;
    const { nowMs } = facts;
    const actions = this.#engine.look(facts);
    const isEdge = actions.some(({ kind }) => kind === 'open' || kind === 'close');
    if (isEdge) {
      // An edge is where everything was read.
      lookFully(nowMs);
      edges.cut(nowMs);
      this.#edgeMs = nowMs;
    }
    this.#keeper.carryOut(actions, nowMs);
    // What goes on (a locked database) is only written when it ends: no window may be judged without it.
    if (actions.length > 0) recorder.finish(nowMs);
  }
}
