import type { CommandFact, CronFire, LookFacts, ManualCommand } from './facts.ts';

/** What holds until something newer is known: the latest fact of each kind, whatever the order in which they came. */
export class Standing {
  readonly startMs: number;
  /** null: nobody has used the app as far as is known. */
  lastActionMs: number | null = null;
  readonly fires: Map<string, CronFire> = new Map();
  readonly manual: Map<string, ManualCommand> = new Map();
  command: CommandFact | null = null;
  /** No window opens: a measurement is awaited, or goes on. */
  isMeasuring = false;
  /** The look at which the last one was known to be over; null: there was none. */
  measuredMs: number | null = null;

  /** @param startMs since when actions, fires and commands are told */
  constructor(startMs: number) {
    this.startMs = startMs;
  }

  take({
    nowMs,
    userActions = [],
    manual = [],
    cronFires = [],
    command = [],
    measuring = [],
  }: LookFacts): void {
    for (const atMs of userActions)
      this.lastActionMs = Math.max(this.lastActionMs ?? -Infinity, Math.min(nowMs, atMs));
    for (const fire of cronFires) keepLatest(this.fires, fire);
    for (const one of manual) keepLatest(this.manual, one);
    for (const op of measuring) {
      this.isMeasuring = op === 'awaited';
      if (op === 'over') this.measuredMs = nowMs;
    }
    for (const fact of command)
      if (this.command === null || bornAtMs(fact) >= bornAtMs(this.command)) this.command = fact;
  }
}

/** The time by which facts about the command are ordered: it was up from its launch on. */
export function bornAtMs(fact: CommandFact): number {
  return fact.op === 'ready' ? fact.launchedAtMs : fact.atMs;
}

function keepLatest<T extends { id: string; atMs: number }>(latest: Map<string, T>, one: T): void {
  const known = latest.get(one.id);
  if (known === undefined || one.atMs >= known.atMs) latest.set(one.id, one);
}
