import type { CollectorReport, Window } from '../model/evidence.ts';
import type { Clock } from '../model/time.ts';
import { type LookingEnd, lookUntil } from './looking.ts';
import { LONGEST_SETTLE_MS } from '../core/windows/limits.ts';
import { Calm } from './calm.ts';
import type { Canary } from './canary.ts';
import { MemoryKeeper } from '../os/memory.ts';
import type { CheckHooks, CheckPlan, Phase } from './plan.ts';
import type { CommandRun } from './command-run.ts';
import { PENDING_LIMIT_MS, pendingReason } from './pending-reason.ts';
import type { Recorder } from './recorder.ts';
import { runInfoOf } from './run-info.ts';
import type { Watcher } from './watcher.ts';

export interface IdleRunParts {
  clock: Clock;
  watcher: Watcher;
  recorder: Recorder;
  command: CommandRun;
  /** null: the collectors check themselves at each reading. */
  canary: Canary | null;
  /** Whether the targets are gone and cannot come back, so that the window need not be waited out. */
  isOver: () => boolean;
}

/** Long enough after the end of the command for a process that has outlived it to be told so. */
const OUTLIVE_MS = 2_000;

/** What a long run leaves behind is worth the time of collecting it so seldom that the bill for a look does not show it. */
const SLACK_BYTES = 4_000_000;

const NEVER: AbortSignal = new AbortController().signal;

/** The phases of one run, in order: settle, idle window, late rows, and the stop of a command that we started. */
export class IdleRun {
  readonly #plan: CheckPlan;
  readonly #hooks: CheckHooks;
  readonly #parts: IdleRunParts;
  #calmingFromMs = 0;
  readonly #memory: MemoryKeeper = new MemoryKeeper(SLACK_BYTES);
  #settledMs = 0;
  #isSettled = true;

  constructor(plan: CheckPlan, hooks: CheckHooks, parts: IdleRunParts) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.#parts = parts;
  }

  /** The first look, and then what is to be done with the app. */
  async begin(): Promise<void> {
    const { clock, recorder, watcher, command } = this.#parts;
    const { signal } = this.#hooks;
    recorder.document('run', runInfoOf(this.#plan, clock.nowMs()));
    // To load and to compile leaves more behind than all looks.
    this.#memory.giveBack();
    await watcher.prepare();
    this.#calmingFromMs = watcher.look(true);
    for (const step of this.#plan.steps ?? []) {
      if (signal.aborted) return;
      await step({
        signal,
        commands: [...command.started.values()],
        nowMs: () => clock.nowMs(),
        lookWhile: (phase, work, onLook) => this.#lookWhile(phase, work, onLook),
        lookUntil: async (phase, limitMs, isDone) => {
          await this.#look(phase, limitMs, signal, isDone);
        },
        measured: (measurement) => recorder.document('measurement', measurement),
      });
      this.#calmingFromMs = clock.nowMs();
    }
  }

  /** The time that the app is given to calm down. */
  async settle(): Promise<void> {
    const { clock } = this.#parts;
    const startedMs = this.#calmingFromMs;
    const { settleMs } = this.#plan;
    if (settleMs === 'auto') await this.#calmDown();
    else if (settleMs > 0) await this.#look('settling', settleMs, this.#hooks.signal);
    this.#settledMs = settleMs === 'auto' ? clock.nowMs() - startedMs : settleMs;
  }

  async #calmDown(): Promise<void> {
    const { recorder, watcher, isOver } = this.#parts;
    const calm = new Calm();
    this.#isSettled = false;
    await this.#look('settling', LONGEST_SETTLE_MS, this.#hooks.signal, (nowMs) => {
      this.#isSettled ||= calm.look(nowMs, recorder.cpuNs);
      return this.#isSettled || isOver();
    });
    // The window opens with a look at everything.
    await watcher.prepare();
    watcher.look(true);
  }

  /** The window itself, and then the rows that were stamped in it but committed a little later. */
  async watchIdle(): Promise<void> {
    const { clock, recorder, canary } = this.#parts;
    const { durationMs } = this.#plan;
    const fromMs = clock.nowMs();
    canary?.plan({ fromMs, toMs: fromMs + durationMs });
    const closedBy = await this.#look('watching', durationMs, this.#hooks.signal);
    const toMs = this.#closedAtMs();
    this.#window({
      id: 'idle',
      kind: 'idle',
      fromMs,
      toMs,
      requestedMs: durationMs,
      settleMs: this.#settledMs,
      ...(this.#isSettled ? {} : { isSettled: false }),
      closedBy,
    });
    await this.#awaitLateRows(fromMs);
    recorder.commit(clock.nowMs());
  }

  /** Stops the command and watches who outlives it; then ends those too. */
  async stopCommand(): Promise<void> {
    const { clock, command } = this.#parts;
    const fromMs = clock.nowMs();
    await this.#lookWhile('stopping', command.terminate());
    await this.#look('stopping', Math.max(OUTLIVE_MS, 2 * this.#plan.tickMs), NEVER);
    const toMs = this.#closedAtMs();
    this.#window({
      id: 'stop',
      kind: 'stop',
      fromMs,
      toMs,
      requestedMs: 0,
      settleMs: 0,
      closedBy: 'stopped',
    });
    await command.sweep();
  }

  /** Writes what is known only at the end. */
  finish(documents: { collectors: readonly CollectorReport[]; notes: readonly string[] }): void {
    const { clock, recorder } = this.#parts;
    for (const report of documents.collectors) recorder.document('collector', report);
    for (const note of [...documents.notes, ...clockNotes(clock)]) recorder.document('note', note);
  }

  /** Where looks stand at the beginning of their readings, nothing is known of the time since the last of them. */
  #closedAtMs(): number {
    const { clock, watcher } = this.#parts;
    return watcher.needsReadings ? watcher.lookedUntilMs : clock.nowMs();
  }

  async #lookWhile<T>(phase: Phase, work: Promise<T>, onLook?: () => void): Promise<T> {
    const { clock, watcher } = this.#parts;
    const fromMs = clock.nowMs();
    let done = false;
    const working = work.finally(() => {
      done = true;
    });
    while (!done) {
      await Promise.race([working, clock.sleepUntil(clock.nowMs() + this.#plan.tickMs, NEVER)]);
      await watcher.prepare();
      const nowMs = watcher.look();
      onLook?.();
      this.#hooks.onProgress?.(phase, nowMs - fromMs, 0);
    }
    return await working;
  }

  /** @param isDone asked after each look: nothing is left to look for */
  async #look(
    phase: Phase,
    durationMs: number,
    signal: AbortSignal,
    isDone: (nowMs: number) => boolean = this.#parts.isOver,
  ): Promise<LookingEnd> {
    const { clock, watcher, canary } = this.#parts;
    const fromMs = clock.nowMs();
    const { onProgress } = this.#hooks;
    onProgress?.(phase, 0, durationMs);
    let lookedMs = fromMs;
    const onLook = (nowMs: number): void => {
      lookedMs = nowMs;
      canary?.plant(nowMs);
      if (watcher.fullLookMs === nowMs) this.#memory.giveBack();
      onProgress?.(phase, nowMs - fromMs, durationMs);
    };
    const { tickMs } = this.#plan;
    const isOver = (): boolean => isDone(lookedMs);
    return await lookUntil(fromMs + durationMs, { clock, watcher, tickMs, signal, onLook, isOver });
  }

  async #awaitLateRows(fromMs: number): Promise<void> {
    const { clock, watcher, recorder } = this.#parts;
    const limitMs = clock.nowMs() + PENDING_LIMIT_MS;
    do await this.#look('late rows', this.#plan.tickMs, NEVER);
    while (watcher.pending().length > 0 && clock.nowMs() < limitMs);
    for (const { collector, target } of watcher.pending()) {
      const reason = pendingReason(collector.name, `${PENDING_LIMIT_MS / 1000} s`);
      recorder.gap({ fromMs, toMs: clock.nowMs(), collector: collector.name, target, reason });
    }
  }

  #window(window: Omit<Window, 'trigger'>): void {
    this.#parts.recorder.document('window', { trigger: 'check', ...window } satisfies Window);
  }
}

function clockNotes(clock: Clock): string[] {
  const driftMs = clock.wallDriftMs();
  if (Math.abs(driftMs) < 1000) return [];
  return [`the wall clock was moved by ${(driftMs / 1000).toFixed(1)} s while the run went on`];
}
