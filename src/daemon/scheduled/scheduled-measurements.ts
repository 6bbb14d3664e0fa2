import { lastTaken } from '../../core/measure/standing-measurements.ts';
import type { ScheduledMeasurement } from '../../core/measure/probe-spec.ts';
import { EvidenceReader } from '../../evidence/read.ts';
import type { MeasuredRun } from '../../model/measure-document.ts';
import type { TakenMeasurement } from '../../model/taken-measurement.ts';
import type { TargetSpec } from '../../model/target.ts';
import type { StartedCommand } from '../../targets/command/command.ts';
import type { AlertPost } from '../alert-post.ts';
import type { Log } from '../log/log.ts';
import type { DaemonPlan } from '../plan.ts';
import type { Problems } from '../problems.ts';
import { usualStateFolders } from '../state-folder.ts';
import { alertsOf } from './alerts.ts';
import { baselineFor, type MeasuredBaseline } from './measured-baseline.ts';
import { MeasurementSchedule } from './schedule.ts';
import { startWorker } from './start-worker.ts';
import { takenOf, withdrawn } from './taken.ts';

export interface ScheduledParts {
  storePath: string;
  statePath: string;
  plan: () => Pick<DaemonPlan, 'targets' | 'reports' | 'compareWith'>;
  started: () => ReadonlyMap<string, StartedCommand>;
  post: Pick<AlertPost, 'take' | 'recall'>;
  problems: Problems;
  log: Log;
  /** Writes down what came of one. */
  keep: (taken: TakenMeasurement) => void;
  onChange: () => void;
  toolVersion: string;
  command: string;
}

/** The measurements on schedule of a daemon: taken by processes of their own, kept in its store, compared with the baseline. */
export function scheduledMeasurements(parts: ScheduledParts): MeasurementSchedule {
  const { storePath, statePath, log, onChange, keep } = parts;
  const before = readLast(storePath, log);
  const last = new Map(before.map((one) => [one.measurementId, one]));
  const tell = (taken: TakenMeasurement): void => {
    last.set(taken.measurementId, taken);
    keep(taken);
    tellOf(taken, parts);
  };
  return new MeasurementSchedule(before, {
    log,
    onChange,
    nowMs: () => Date.now(),
    start: (measurement) =>
      startWorker({
        measurement,
        server: serverOf(measurement, parts),
        out: parts.plan().reports.dir,
        stateFolders: [...new Set([statePath, ...usualStateFolders(process.env)])],
        command: parts.command,
        toolVersion: parts.toolVersion,
      }),
    onTaken: (measurement, result, times) => {
      const taken = takenOf({
        measurement,
        result,
        ...times,
        baselineOf: (run) => pinned(run, parts),
        before: last.get(measurement.id) ?? null,
      });
      tell(taken);
      return taken;
    },
    onRepeat: keep,
    onGone: (one, problem) => tell(withdrawn(one, problem, Date.now())),
  });
}

/** What the daemon before this one has left. */
function readLast(storePath: string, log: Log): TakenMeasurement[] {
  try {
    const reader = new EvidenceReader(storePath);
    try {
      const all = lastTaken(reader.documents<TakenMeasurement>('taken'), { toMs: Infinity });
      return all.filter(({ isWithdrawn }) => isWithdrawn !== true);
    } finally {
      reader.close();
    }
  } catch (error) {
    log.error('what was measured before could not be read', { problem: (error as Error).message });
    return [];
  }
}

/** Who answers; a command that the daemon started is found by its number. */
function serverOf({ target }: ScheduledMeasurement, { plan, started }: ScheduledParts): TargetSpec | null {
  const spec = plan().targets.find(({ name }) => name === target);
  if (spec === undefined) return null;
  const { name, tree, select } = spec;
  const command = started().get(name);
  if (select.by === 'command' && command === undefined) return null;
  const by = command === undefined ? select : { by: 'pid' as const, pid: command.pid };
  return { name, tree, select: by, events: null };
}

/** Where baselines cannot be read, nothing is compared, and that is told. */
function pinned(run: MeasuredRun, { statePath, plan, problems }: ScheduledParts): MeasuredBaseline | null {
  if (plan().compareWith === 'trailing') return null;
  try {
    const { baseline, problem } = baselineFor(statePath, run);
    problems.set('baseline', null, problem);
    return baseline;
  } catch (error) {
    problems.set('baseline', null, (error as Error).message);
    return null;
  }
}

function tellOf(taken: TakenMeasurement, parts: ScheduledParts): void {
  const { problems, log } = parts;
  const { measurementId: id, problem, comparison, folder, isWithdrawn } = taken;
  problems.set('measurement', id, problem === null || isWithdrawn === true ? null : `${id}: ${problem}`);
  if (isWithdrawn === true) log.info('a measurement holds no more', { measurement: id, problem });
  else if (problem !== null) log.error('nothing was measured', { measurement: id, problem });
  else
    log.info('measured', {
      measurement: id,
      folder,
      ...(comparison === null ? {} : { comparison: comparison.headline }),
    });
  try {
    postAlerts(taken, parts.post);
  } catch (error) {
    // What was measured stands, and the next one that is worse is told.
    const why = `no alert of it could be kept: ${(error as Error).message}`;
    problems.set('measurement', id, `${id}: ${problem ?? why}`);
    log.error('an alert of a measurement was lost', { measurement: id, problem: why });
  }
}

/** @throws IdleproofError OUTBOX_WRITE */
function postAlerts(taken: TakenMeasurement, post: ScheduledParts['post']): void {
  const memo = `measured ${taken.measurementId}`;
  const known = post.recall(memo);
  const { alerts, firingSinceMs } = alertsOf(
    taken,
    known === null ? null : (JSON.parse(known) as number | null),
  );
  if (alerts.length > 0) post.take(alerts, Date.now(), { [memo]: JSON.stringify(firingSinceMs) });
}
