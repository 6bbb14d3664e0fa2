// One soak of bench/soak.mjs: prints what it cost as JSON.
// usage: node soak-run.mjs '{"kind": …, "days": …, "config": …, "state": …, "fromMs": …}'
import { keepHeapCalm } from '../dist/os/heap.js';

// As the command line does: before all else is loaded.
keepHeapCalm();
const { planWatch } = await import('../dist/cli/watch-plan.js');
const { runDaemon } = await import('../dist/daemon/daemon.js');
const { TICK_MS } = await import('./recorded-app.mjs');
const { RecordedWatch } = await import('./recorded-watch.mjs');

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

const { kind, days, config, state, fromMs } = JSON.parse(process.argv[2]);
const plan = planWatch(config, process.env);
const lastTick = Math.round((days * 24 * HOUR_MS) / TICK_MS);
const marks = MARKS_HOURS.filter((hours) => hours <= days * 24);
const memory = [];
const verdicts = { pass: 0, fail: 0, inconclusive: 0 };
const stop = new AbortController();
const watch = new RecordedWatch({
  kind: KINDS[kind],
  fromMs,
  lastTick,
  onTick: (tick) => {
    note(tick);
    if (tick >= lastTick) stop.abort();
  },
});

function note(tick) {
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
  watch,
);
const { user, system } = process.cpuUsage(before);
const told = Object.entries(verdicts).flatMap(([verdict, count]) =>
  count === 0 ? [] : [`${count} ${verdict}`],
);
process.stdout.write(
  JSON.stringify({
    looks: watch.tick,
    cpuSecondsPerDay: (user + system) / 1e6 / days,
    memory,
    verdicts: told.join(', '),
  }),
);
