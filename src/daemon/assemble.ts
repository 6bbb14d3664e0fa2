import { join } from 'node:path';
import type { Outbox } from '../alerts/outbox.ts';
import type { Window } from '../model/evidence.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { AlertPost } from './alert-post.ts';
import { Chores } from './chores.ts';
import { Commands } from './commands.ts';
import { DaemonHost } from './control/host.ts';
import { EvidenceKeeper } from './evidence-keeper.ts';
import { judgedWindows } from './proofs/judged-windows.ts';
import { Ledger } from './ledger.ts';
import type { Log } from './log/log.ts';
import { MetricsEndpoint } from './metrics/endpoint.ts';
import { createNotifier, type Notifier } from './notify.ts';
import type { DaemonPlan } from './plan.ts';
import { Problems } from './problems.ts';
import type { ProofQueue } from './proofs/proof-queue.ts';
import { Reloading } from './reloading.ts';
import type { MeasurementSchedule } from './scheduled/schedule.ts';
import { scheduledMeasurements } from './scheduled/scheduled-measurements.ts';
import { Summaries } from './summaries.ts';
import { UnjudgedWindows } from './proofs/unjudged-windows.ts';
import { Upkeep } from './upkeep.ts';
import { WatchLifecycle } from './watch/watch-lifecycle.ts';
import type { Watched } from './watch/watched.ts';
import { Watching } from './watch/watching.ts';

export interface DaemonSetup {
  /** Reads the configuration. @throws IdleproofError for what is wrong with it */
  load: () => DaemonPlan;
  plan: DaemonPlan;
  statePath: string;
  log: Log;
  toolVersion: string;
  command: string;
}

/** Those that begin or end with the daemon; the others are held by these. */
export interface DaemonParts {
  notifier: Notifier;
  ledger: Ledger;
  unjudged: UnjudgedWindows;
  evidence: EvidenceKeeper;
  post: AlertPost;
  proofs: ProofQueue;
  summaries: Summaries;
  commands: Commands;
  schedule: MeasurementSchedule;
  watching: Watching;
  endpoint: MetricsEndpoint;
  reloading: Reloading;
  host: DaemonHost;
}

/** How long the loop may not tick, and the store not answer, before the service manager is not told any more that we live. */
const LIVENESS = { loopWithinMs: 10_000, storeWithinMs: 20_000 };

/** What a daemon is made of, and which part is told of what. Nothing has begun yet. */
export function assemble(
  { load, plan, log, statePath, toolVersion, command }: DaemonSetup,
  store: EvidenceStore,
  outbox: Outbox,
  watched: Watched,
): DaemonParts {
  const problems = new Problems();
  const notifier = createNotifier(LIVENESS);
  const ledger = new Ledger();
  const unjudged = new UnjudgedWindows({ problems, log });
  const evidence = new EvidenceKeeper({
    store,
    notifier,
    problems,
    log,
    running: () => watching.run?.evidence ?? null,
    onLoss: () => watching.beginAnew('evidence was lost'),
  });
  const post = new AlertPost(outbox, log);
  const proofs = judgedWindows({
    storePath: store.path,
    statePath,
    post,
    ledger,
    lost: () => evidence.store.lost,
    notifier,
    problems,
    unjudged,
    log,
    keep: (document) => evidence.keep('verdict', document),
  });
  const upkeep = new Upkeep(store, log);
  const onSummary = (problem: string | null): void => problems.set('summary', null, problem);
  const waiting = (): Window[] => proofs.windows;
  const summaries = new Summaries(
    { storePath: store.path, waiting, log, onProblem: onSummary },
    plan.reports,
  );
  const commands = new Commands({
    folder: join(statePath, 'commands'),
    log,
    onEnded: (_, fact) => watching.run?.commandFact(fact),
    onProblem: (target, problem) => problems.set('command', target, problem),
  });
  const schedule = scheduledMeasurements({
    storePath: store.path,
    statePath,
    plan: () => watching.plan,
    started: () => commands.started,
    post,
    problems,
    log,
    keep: (taken) => evidence.keep('taken', taken),
    onChange: () => {
      watching.run?.measuring(schedule.isHolding);
      chores.wake(false);
    },
    toolVersion,
    command,
  });
  const chores = new Chores({ proofs, post, upkeep, commands, schedule });
  post.onDue = () => chores.wake(false);
  const lifecycle = new WatchLifecycle({
    watched,
    store: evidence.store,
    commands,
    proofs,
    ledger,
    schedule,
    post,
    chores,
    notifier,
    log,
    statePath,
    toolVersion,
    command,
    onLook: (nowMs) => {
      evidence.store.retry(nowMs);
      evidence.alive();
      ledger.looked(nowMs);
      const { run, judging } = watching;
      if (run !== null) chores.keep(nowMs, judging, run);
    },
  });
  const watching = new Watching(plan, {
    open: (next) => lifecycle.open(next),
    onBegun: (run) => lifecycle.begun(run),
    end: (run, closedBy, judging) => lifecycle.end(run, closedBy, judging),
    onRefused: (refused, used) => reloading.goBack(refused, used),
    onAttempt: () => evidence.alive(),
    problems,
    log,
  });
  const endpoint = new MetricsEndpoint({ status: () => host.status() });
  const { stateFolder } = plan;
  const around = { watching, endpoint, summaries, schedule, post, notifier, problems, log };
  const reloading = new Reloading({ load, stateFolder, ...around });
  const known = { ledger, problems, upkeep, schedule, store: evidence.store, startedMs: Date.now() };
  const host = new DaemonHost({ ...known, watching, post, reloading, statePath, toolVersion });
  return {
    notifier,
    ledger,
    unjudged,
    evidence,
    post,
    proofs,
    summaries,
    commands,
    schedule,
    watching,
    endpoint,
    reloading,
    host,
  };
}
