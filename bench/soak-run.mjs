// One soak of bench/soak.mjs: prints what it cost as JSON.
// usage: node soak-run.mjs '{"kind": …, "days": …, "config": …, "state": …, "fromMs": …}'
import { keepHeapCalm } from '../dist/os/heap.js';

// As the command line does: before all else is loaded.
keepHeapCalm();
const { planWatch } = await import('../dist/cli/watch-plan.js');
const { runDaemon } = await import('../dist/daemon/daemon.js');
const { UserActions } = await import('../dist/daemon/user-actions.js');
const { WatchRun } = await import('../dist/daemon/watch-run.js');
const { Canary } = await import('../dist/session/canary.js');
const { Recorder } = await import('../dist/session/recorder.js');
const { Watcher } = await import('../dist/session/watcher.js');
const { knownAt, RecordedApp, TICK_MS } = await import('./recorded-app.mjs');

const HOUR_MS = 3_600_000;
const SIX_HOURS_MS = 6 * HOUR_MS;
const KINDS = {
  idle: { chatEveryMs: SIX_HOURS_MS },
  ticking: { runEveryMs: 60_000, runners: 1, chatEveryMs: SIX_HOURS_MS },
  busy: {
    runEveryMs: 1000,
    runners: 20,
    connectEveryMs: 10_000,
    helperEveryMs: 60_000,
    chatEveryMs: SIX_HOURS_MS,
  },
};
const MARKS_HOURS = [1, 24, 72, 168];
/** So many looks, then what waits for the event loop. */
const LOOKS_AT_ONCE = 600;
const NETWORK_SCOPE = 'network:4026531833';

const { kind, days, config, state, fromMs } = JSON.parse(process.argv[2]);
const plan = planWatch(config, process.env);
const lastTick = Math.round((days * 24 * HOUR_MS) / TICK_MS);
const marks = MARKS_HOURS.filter((hours) => hours <= days * 24);
const memory = [];
const verdicts = { pass: 0, fail: 0, inconclusive: 0 };
const stop = new AbortController();
let nowMs = fromMs;
let tick = 0;
let app = null;

const clock = {
  nowMs: () => nowMs,
  fromBootNs: (ns) => fromMs + ns / 1e6,
  wallDriftMs: () => 0,
  suspendedMs: () => 0,
  sleepUntil: () => Promise.resolve(),
  every: async (_tickMs, signal, onTick) => {
    do {
      if (tick % LOOKS_AT_ONCE === 0) await new Promise((resolve) => void setImmediate(resolve));
      tick += 1;
      nowMs = fromMs + tick * TICK_MS + ((tick * 104_729) % 1000) / 1000;
      app.tick = tick;
      note();
    } while (tick < lastTick && !signal.aborted && onTick());
    if (tick >= lastTick) stop.abort();
  },
};

/** A watch of the recorded app, as watchThisHost makes one of a host. */
async function open(ofPlan, parts) {
  const recorder = new Recorder(parts.store);
  const users = new UserActions(ofPlan.user);
  app = new RecordedApp(KINDS[kind], nowMs);
  const { gate, trees, collector, beats } = app;
  app.tick = tick;
  recorder.document('run', {
    id: new Date(nowMs).toISOString(),
    toolVersion: parts.toolVersion,
    nodeVersion: process.versions.node,
    command: parts.command,
    startedAtMs: nowMs,
    tickMs: TICK_MS,
    host: {
      name: 'host',
      os: 'Linux',
      kernel: '6.1',
      cpus: 2,
      memoryBytes: 8e9,
      utcOffsetMinutes: 0,
      privileged: true,
    },
  });
  const watcher = new Watcher({
    clock,
    gate,
    trees,
    posts: [{ collector, target: null }],
    recorder,
    tickMs: TICK_MS,
    readings: null,
    onActivities: (activities) => users.see(activities, (id) => (id === null ? null : trees.byId(id))),
    threadCpuNs: () => 0,
  });
  const canary = new Canary({
    clock,
    beats,
    networkScope: NETWORK_SCOPE,
    onPlanted: (planted) => recorder.document('control', planted),
    onFailure: (failure) => recorder.document('controlFailure', failure),
  });
  const setup = {
    watcher,
    canary,
    report: () => knownAt(tick),
    forgetTold: () => {},
    stop: () => knownAt(tick),
  };
  return new WatchRun(ofPlan, parts, { setup, recorder, trees, users });
}

function note() {
  const hours = marks[memory.length];
  if (hours === undefined || tick * TICK_MS < hours * HOUR_MS) return;
  const { rss: rssBytes, heapUsed: heapBytes, external } = process.memoryUsage();
  memory.push({ hours, rssBytes, heapBytes, externalBytes: external });
}

const says = (message, fields) => {
  const verdict = /^(PASS|FAIL|INCONCLUSIVE)/.exec(message)?.[0].toLowerCase();
  if (verdict !== undefined) verdicts[verdict] += 1;
  else if (process.env.SOAK_LOG) process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
};
const log = {
  debug: says,
  info: says,
  warn: says,
  error: says,
  fatal: says,
  hide: () => {},
  close: () => {},
};
const before = process.cpuUsage();
await runDaemon(
  {
    load: () => plan,
    plan,
    statePath: state,
    metricsAddress: null,
    log,
    toolVersion: '0.1.0',
    command: 'idleproof watch',
  },
  stop.signal,
  { clock: () => clock, open },
);
const { user, system } = process.cpuUsage(before);
const told = Object.entries(verdicts).flatMap(([verdict, count]) =>
  count === 0 ? [] : [`${count} ${verdict}`],
);
process.stdout.write(
  JSON.stringify({
    looks: tick,
    cpuSecondsPerDay: (user + system) / 1e6 / days,
    memory,
    verdicts: told.join(', '),
  }),
);
