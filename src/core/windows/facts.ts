/** Somebody opens or closes a `manual` window. */
export interface ManualCommand {
  id: string;
  op: 'open' | 'close';
  atMs: number;
}

/** The cron expression of a `schedule` window came true. */
export interface CronFire {
  id: string;
  atMs: number;
}

/** The watched command is up, or over. */
export type CommandFact = { op: 'ready'; atMs: number; launchedAtMs: number } | { op: 'ended'; atMs: number };

/** What became known at a look. Facts may be older than the look before, and come in any order. */
export interface LookFacts {
  nowMs: number;
  /** The look before of the loop, also where the engine was not asked at it; null at the first one. */
  previousMs: number | null;
  /** When somebody used the app, by whatever source: the actions' own times. A later one than now was seen now. */
  userActions?: readonly number[];
  manual?: readonly ManualCommand[];
  cronFires?: readonly CronFire[];
  command?: readonly CommandFact[];
  /** `awaited`: a measurement of our own is to be taken as soon as no window is open, or goes on. In the order in which it happened. */
  measuring?: readonly ('awaited' | 'over')[];
  /** Ids of windows for which the app has calmed down since they settle (`WindowEngine.awaitsCalm`). */
  calm?: readonly string[];
}

/** @throws RangeError for a time that is no number */
export function checkTimes({
  nowMs,
  previousMs,
  userActions = [],
  manual = [],
  cronFires = [],
  command = [],
}: LookFacts): void {
  const times = [
    nowMs,
    previousMs ?? nowMs,
    ...userActions,
    ...[...manual, ...cronFires, ...command].map(({ atMs }) => atMs),
    ...command.map((fact) => (fact.op === 'ready' ? fact.launchedAtMs : fact.atMs)),
  ];
  if (!times.every(Number.isFinite)) throw new RangeError('a time of a look is no number');
}
